select s.touchpoint_id, cast(count(*) as bigint) as steps
from journey_steps s
group by s.touchpoint_id
