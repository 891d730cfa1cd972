with given_away as (
  select t.customer_id, sum(coalesce(t.discount, 0)) as discount
  from transactions t
  where t.customer_id is not null and t.kind = 'sale' and t.currency = $currency
    and cast(t.at as date) < cast($as_of as date)
  group by t.customer_id
),
losing as (
  select
    p.customer_id,
    p.profit,
    p.first_on,
    p.as_of_on,
    p.revenue,
    p.product_cost,
    p.cost_to_serve,
    p.profit - p.revenue + p.product_cost + p.cost_to_serve as rest,
    coalesce(g.discount, 0) as discount
  from customer_profit p
  left join given_away g on g.customer_id = p.customer_id
  where p.profit < 0
),
dearer as (
  select
    l.customer_id,
    v.lever_set,
    v.place,
    l.profit,
    cast(cast(greatest(l.revenue, 0) as decimal(18, 4)) * v.price as decimal(18, 4))
      + cast(cast(l.discount as decimal(18, 4)) * v.discount_back as decimal(18, 4)) as priced,
    least(l.revenue, 0) + l.rest - least(l.product_cost, 0) as kept,
    cast(greatest(l.product_cost, 0) as decimal(18, 4)) as product_cost,
    cast(cast(l.cost_to_serve as decimal(18, 4)) * v.service as decimal(18, 4)) as cost_to_serve,
    v.volume,
    case
      when date_diff('day', cast(l.first_on as date), cast(l.as_of_on as date)) <= $young_days then 1 else 0
    end as young
  from losing l
  cross join levers v
)
select
  d.customer_id,
  d.lever_set,
  d.place as lever_place,
  d.profit as profit_before,
  cast(
    cast(cast(d.priced as decimal(18, 4)) * d.volume as decimal(18, 4))
    - cast(d.product_cost * d.volume as decimal(18, 4))
    - d.cost_to_serve
    + d.kept
    as decimal(18, 4)
  ) as profit_after,
  d.young
from dearer d
