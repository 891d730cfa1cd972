with orders as (
  select
    coalesce(t.order_id, case when t.customer_id is null then t.transaction_id end) as order_id,
    case when t.order_id is null then cast(t.at as date) end as order_on,
    t.customer_id,
    min(cast(t.at as date)) as happened_on
  from transactions t
  where t.kind = 'sale'
  group by
    coalesce(t.order_id, case when t.customer_id is null then t.transaction_id end),
    case when t.order_id is null then cast(t.at as date) end,
    t.customer_id
)
select
  cast(date_trunc('month', o.happened_on) as date) as month_on,
  cast(count(*) as bigint) as orders,
  cast(count(distinct o.customer_id) as bigint) as customers
from orders o
join costed_days d on d.happened_on = o.happened_on
group by cast(date_trunc('month', o.happened_on) as date)
