-- Of customers all of whose factors are known: sums and sums of squares by factor and in all.
with long as (
  select d.customer_id, 'product' as item, d.product as amount from delivered d where d.factors_known = 8
  union all
  select d.customer_id, 'service' as item, d.service as amount from delivered d where d.factors_known = 8
  union all
  select d.customer_id, 'personnel' as item, d.personnel as amount from delivered d where d.factors_known = 8
  union all
  select d.customer_id, 'image' as item, d.image as amount from delivered d where d.factors_known = 8
  union all
  select d.customer_id, 'money' as item, d.money as amount from delivered d where d.factors_known = 8
  union all
  select d.customer_id, 'time' as item, d.time_spent as amount from delivered d where d.factors_known = 8
  union all
  select d.customer_id, 'energy' as item, d.energy as amount from delivered d where d.factors_known = 8
  union all
  select d.customer_id, 'psychic' as item, d.psychic as amount from delivered d where d.factors_known = 8
  union all
  select d.customer_id, 'total_value' as item, d.total_value as amount from delivered d where d.factors_known = 8
  union all
  select d.customer_id, 'total_cost' as item, d.total_cost as amount from delivered d where d.factors_known = 8
  union all
  select d.customer_id, 'delivered_value' as item, d.delivered_value as amount
  from delivered d
  where d.factors_known = 8
)
select
  l.item,
  count(*) as customers,
  cast(sum(l.amount) as decimal(18, 4)) as total,
  sum(cast(l.amount as double) * cast(l.amount as double)) as squared
from long l
group by l.item
