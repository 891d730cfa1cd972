with bought as (
  select
    t.customer_id,
    cast(count(distinct coalesce(t.order_id, cast(cast(t.at as date) as varchar))) as bigint) as orders,
    cast(sum(t.revenue) as decimal(18, 4)) as revenue,
    cast(sum(t.revenue - coalesce(t.cost, cast(0 as decimal(18, 4)))) as decimal(18, 4)) as margin
  from transactions t
  where t.customer_id is not null and t.kind in ('sale', 'refund') and t.currency = $currency
  group by t.customer_id
)
select
  coalesce(b.customer_id, s.customer_id) as customer_id,
  coalesce(s.cost_to_serve, cast(0 as decimal(18, 4))) as cost_to_serve,
  coalesce(b.orders, 0) as orders,
  case when b.revenue > 0 then b.revenue else cast(0 as decimal(18, 4)) end as revenue,
  coalesce(b.margin, cast(0 as decimal(18, 4))) as margin
from bought b
full join customer_service_cost s on s.customer_id = b.customer_id
