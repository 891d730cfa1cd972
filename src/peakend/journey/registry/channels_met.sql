select m.touchpoint_id, m.channel, count(*) as events
from meetings m
where m.channel is not null
group by m.touchpoint_id, m.channel
