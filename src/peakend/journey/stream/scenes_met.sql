-- One row a journey and a touchpoint it passed.
with met as (
  select s.journey_id, s.touchpoint_id
  from journey_steps s
  group by s.journey_id, s.touchpoint_id
)
select m.touchpoint_id, e.journey_id, e.customer_id, e.stage, e.props, e.actors, e.memory
from met m
join experience_scenes e on e.journey_id = m.journey_id
