select t.touchpoint_id, t.name, t.name_zh, t.stage
from touchpoints t
