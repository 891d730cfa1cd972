with sold as (
  select
    coalesce(l.product_id, '') as product_id,
    case when l.kind in ('fee', 'adjustment') then l.kind else 'sold' end as kind,
    l.customer_id,
    l.order_id,
    l.transaction_id,
    case when l.kind = 'refund' then -abs(l.quantity) else l.quantity end as quantity,
    l.revenue,
    case when l.cost_from in ('line', 'unit_cost', 'none') then l.product_cost end as product_cost,
    case when l.cost_from = 'unknown' then l.revenue end as revenue_without_cost
  from profit_lines l
  union all
  select
    coalesce(e.product_id, t.product_id, '') as product_id,
    case when t.kind in ('fee', 'adjustment') then t.kind else 'sold' end as kind,
    cast(null as varchar) as customer_id,
    cast(null as varchar) as order_id,
    cast(null as varchar) as transaction_id,
    cast(null as double) as quantity,
    cast(0 as decimal(18, 4)) as revenue,
    e.amount as product_cost,
    cast(null as decimal(18, 4)) as revenue_without_cost
  from entries e
  left join profit_lines t on t.transaction_id = e.transaction_id
  where e.kind = 'product' and e.status = 'counted'
)
select
  s.product_id,
  s.kind,
  count(distinct s.customer_id) as customers,
  count(distinct s.order_id) as baskets,
  count(s.transaction_id) as lines,
  sum(s.quantity) as quantity,
  cast(sum(s.revenue) as decimal(18, 4)) as revenue,
  cast(sum(coalesce(s.product_cost, 0)) as decimal(18, 4)) as product_cost,
  cast(sum(s.revenue - coalesce(s.product_cost, 0)) as decimal(18, 4)) as margin,
  cast(sum(coalesce(s.revenue_without_cost, 0)) as decimal(18, 4)) as revenue_without_cost,
  cast(sum(case when s.revenue_without_cost is not null then 1 else 0 end) as bigint) as lines_without_cost
from sold s
group by s.product_id, s.kind
