select
  cast(count(*) as bigint) as events,
  cast(sum(case when e.event_id is null then 1 else 0 end) as bigint) as explicit_zeros
from interactions i
left join (
  select b.event_id from entries b where b.status = 'counted' and b.event_id is not null group by b.event_id
) e on e.event_id = i.event_id
