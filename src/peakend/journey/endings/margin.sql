select
  cast(sum(t.revenue) as double) as revenue,
  cast(sum(t.cost) as double) as cost
from transactions t
where t.kind = 'sale' and t.cost is not null
