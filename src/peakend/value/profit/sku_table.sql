select
  s.product_id,
  s.kind,
  p.name as product_name,
  p.category,
  s.customers,
  s.baskets,
  s.lines,
  s.quantity,
  s.revenue,
  s.product_cost,
  s.margin,
  cast(s.margin as double) / nullif(cast(s.revenue as double), 0) as margin_rate,
  s.revenue_without_cost,
  s.lines_without_cost,
  p.unit_cost,
  cast($as_of as date) as as_of_on,
  cast($currency as varchar) as currency
from sku_margins s
left join products p on p.product_id = s.product_id
