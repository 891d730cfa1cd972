with orders as (
  select
    coalesce(t.order_id, case when t.customer_id is null then t.transaction_id end) as order_id,
    case when t.order_id is null then cast(t.at as date) end as order_on,
    t.customer_id,
    coalesce(min(t.channel), '(none)') as channel,
    min(cast(t.at as date)) as happened_on
  from transactions t
  where t.kind = 'sale'
  group by
    coalesce(t.order_id, case when t.customer_id is null then t.transaction_id end),
    case when t.order_id is null then cast(t.at as date) end,
    t.customer_id
)
select
  o.channel,
  cast(count(*) as bigint) as orders
from orders o
join costed_days d on d.happened_on = o.happened_on
group by o.channel
