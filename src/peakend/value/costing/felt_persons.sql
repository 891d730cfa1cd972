select
  f.measure,
  f.touchpoint_id,
  f.channel,
  f.person_id,
  cast(count(*) as double) as n,
  sum(f.value) as s
from felt f
group by f.measure, f.touchpoint_id, f.channel, f.person_id
