select touchpoint_id, owner
from touchpoints
where owner is not null
order by touchpoint_id
