-- One row a passage: into the first touchpoint, from one to the next, and out of the last.
select
  case when v.previous_id is null then 'start' else 'step' end as kind,
  coalesce(v.previous_id, 'start') as from_touchpoint_id,
  v.touchpoint_id as to_touchpoint_id,
  v.journey_id,
  v.customer_id,
  v.event_id,
  v.wait_us,
  v.emotion,
  case when v.visit > 1 then 1 else 0 end as rework,
  case when v.before_previous_id = v.touchpoint_id and v.previous_id <> v.touchpoint_id then 1 else 0 end
    as there_and_back
from visits v
union all
select
  'end' as kind,
  v.touchpoint_id as from_touchpoint_id,
  'end' as to_touchpoint_id,
  v.journey_id,
  v.customer_id,
  v.event_id,
  cast(null as bigint) as wait_us,
  cast(null as double) as emotion,
  0 as rework,
  0 as there_and_back
from visits v
where v.ends = 1
