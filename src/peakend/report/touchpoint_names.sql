select touchpoint_id, name, name_zh
from touchpoints
order by touchpoint_id
