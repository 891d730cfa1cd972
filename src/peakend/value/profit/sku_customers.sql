select
  l.customer_id,
  cast(sum(l.revenue) as decimal(18, 4)) as revenue,
  cast(sum(coalesce(l.product_cost, 0)) as decimal(18, 4)) as product_cost,
  cast(sum(l.revenue - coalesce(l.product_cost, 0)) as decimal(18, 4)) as margin,
  count(*) as lines
from profit_lines l
where
  l.customer_id is not null
  and coalesce(l.product_id, '') = $product_id
  and case when l.kind in ('fee', 'adjustment') then l.kind else 'sold' end = $kind
group by l.customer_id
