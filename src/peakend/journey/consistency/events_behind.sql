select i.customer_id, i.event_id, i."at", i.touchpoint_id, i.channel, i.site_id, i.duration_s, i.emotion
from interactions i
left join touchpoints t on t.touchpoint_id = i.touchpoint_id
where
  i.touchpoint_id = $touchpoint
  and epoch_us(i."at") >= 0
  and i."at" <= $now
  and (
    ($cut = 'channel' and i.channel = $place)
    or ($cut = 'site' and i.site_id = $place)
    or $cut = 'all'
  )
  and (
    ($measure = 'duration' and i.duration_s > 0)
    or ($measure = 'in_time' and t.service_level_s is not null and i.duration_s is not null)
    or ($measure = 'emotion' and i.emotion is not null)
  )
  and i."at" >= $starts
  and i."at" < $ends
order by i.customer_id, i."at", i.event_id
