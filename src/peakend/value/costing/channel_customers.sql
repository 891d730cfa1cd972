with borne as (
  select
    coalesce(u.channel, '(none)') as channel,
    u.customer_id,
    sum(cast(u.quantity as double) * c.cost) as cost
  from activity_units u
  join count_costs c on c.activity_id = u.activity_id and c.period_on = u.period_on
  where u.customer_id is not null
  group by coalesce(u.channel, '(none)'), u.customer_id
)
select
  b.channel,
  cast(count(*) as bigint) as customers,
  sum(b.cost) as cost,
  sum(b.cost * b.cost) as squares
from borne b
group by b.channel
