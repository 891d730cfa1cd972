select
  p.measure,
  p.touchpoint_id,
  p.channel,
  cast(count(*) as bigint) as persons,
  sum(p.n) as n,
  sum(p.s) as s,
  sum(p.n * p.n) as nn,
  sum(p.n * p.s) as ns,
  sum(p.s * p.s) as ss
from felt_persons p
group by p.measure, p.touchpoint_id, p.channel
