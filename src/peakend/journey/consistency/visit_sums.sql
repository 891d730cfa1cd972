select
  v.touchpoint_id,
  v.site_id,
  v.measure,
  cast(count(*) as bigint) as n,
  sum(v.value) as total,
  sum(v.value * v.value) as squares
from visits v
group by v.touchpoint_id, v.site_id, v.measure
