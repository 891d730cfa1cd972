with counted as (
  select
    coalesce(m.source, 'unknown') as source,
    cast(count(*) as bigint) as events,
    avg(m.score) as score
  from journey_steps s
  left join journey_moments m on m.event_id = s.event_id
  group by coalesce(m.source, 'unknown')
)
select
  c.source,
  c.events,
  cast(c.events as double) / sum(c.events) over () as share,
  c.score
from counted c
