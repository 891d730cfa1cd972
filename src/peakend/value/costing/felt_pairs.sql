select
  a.measure,
  a.touchpoint_id,
  a.channel as from_channel,
  b.channel as to_channel,
  cast(count(*) as bigint) as persons,
  sum(a.n * b.n) as nn,
  sum(a.n * b.s) as ns,
  sum(a.s * b.n) as sn,
  sum(a.s * b.s) as ss
from felt_persons a
join felt_persons b
  on b.measure = a.measure and b.touchpoint_id = a.touchpoint_id and b.person_id = a.person_id
where a.channel <> b.channel
group by a.measure, a.touchpoint_id, a.channel, b.channel
