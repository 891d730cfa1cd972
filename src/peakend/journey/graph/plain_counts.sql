with walked as (
  select
    s.touchpoint_id,
    lead(s.touchpoint_id) over (partition by s.journey_id order by s."at", s.event_id) as next_touchpoint_id
  from steps s
)
select
  w.touchpoint_id as from_touchpoint_id,
  w.next_touchpoint_id as to_touchpoint_id,
  cast(count(*) as bigint) as transitions
from walked w
where w.next_touchpoint_id is not null
group by w.touchpoint_id, w.next_touchpoint_id
