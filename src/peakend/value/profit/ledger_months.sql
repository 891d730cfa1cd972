select
  cast(date_trunc('month', l.at) as date) as month_on,
  l.kind,
  case when l.customer_id is null then 0 else 1 end as identified,
  l.cost_from,
  count(*) as lines,
  cast(sum(l.revenue) as decimal(18, 4)) as revenue,
  cast(sum(coalesce(l.product_cost, 0)) as decimal(18, 4)) as product_cost
from profit_lines l
group by
  cast(date_trunc('month', l.at) as date),
  l.kind,
  case when l.customer_id is null then 0 else 1 end,
  l.cost_from
