select
  s.touchpoint_id,
  s.customer_id,
  count(*) as events,
  count(s.emotion) as felt,
  sum(s.emotion) as emotion
from journey_steps s
group by s.touchpoint_id, s.customer_id
