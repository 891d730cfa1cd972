-- key: customer_id
with priced as (
  select
    u.customer_id,
    u.factor,
    -- Decimal before it is multiplied: engines round halves of a double differently.
    cast(cast(u.units as decimal(18, 8)) * cast(w.amount as decimal(18, 4)) as decimal(18, 4)) as amount
  from units u
  inner join worth w on w.customer_id = u.customer_id and w.factor = u.factor
),
wide as (
  select
    p.customer_id,
    max(case when p.factor = 'product' then p.amount end) as product,
    max(case when p.factor = 'service' then p.amount end) as service,
    max(case when p.factor = 'personnel' then p.amount end) as personnel,
    max(case when p.factor = 'image' then p.amount end) as image,
    max(case when p.factor = 'money' then p.amount end) as money,
    max(case when p.factor = 'time' then p.amount end) as time_spent,
    max(case when p.factor = 'energy' then p.amount end) as energy,
    max(case when p.factor = 'psychic' then p.amount end) as psychic,
    count(*) as factors_known
  from priced p
  group by p.customer_id
)
select
  d.customer_id,
  d.product,
  d.service,
  d.personnel,
  d.image,
  d.money,
  d.time_spent,
  d.energy,
  d.psychic,
  cast(d.product + d.service + d.personnel + d.image as decimal(18, 4)) as total_value,
  cast(d.money + d.time_spent + d.energy + d.psychic as decimal(18, 4)) as total_cost,
  cast(
    d.product + d.service + d.personnel + d.image - d.money - d.time_spent - d.energy - d.psychic
    as decimal(18, 4)
  ) as delivered_value,
  cast(
    case when coalesce(e.events, 0) > 0 then coalesce(d.personnel, 0) + coalesce(d.image, 0) else 0 end
    as decimal(18, 4)
  ) as relationship_component,
  cast(d.factors_known as bigint) as factors_known,
  cast($from_on as date) as from_on,
  cast($until_on as date) as until_on,
  cast($currency as varchar) as currency
from wide d
left join events e on e.customer_id = d.customer_id
