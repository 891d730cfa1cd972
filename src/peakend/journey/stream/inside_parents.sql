-- The events of the episodes above, each standing for its parent alone: no episode crosses from one to another.
select
  e.event_id,
  e.customer_id,
  e.known_by,
  case when e.case_id is not null then p.episode_id || '/' || e.case_id end as case_id,
  p.episode_id as owner,
  e."at",
  e.touchpoint_id,
  e.channel,
  e.site_id,
  e.duration_s,
  e.emotion
from events e
join parents p on p.event_id = e.event_id
