select
  s.touchpoint_id,
  s.customer_id,
  count(*) as events,
  count(s.emotion) as felt,
  sum(case when s.emotion >= $strong or s.emotion <= -$strong then 1 else 0 end) as strong
from journey_steps s
where s.customer_id is not null
group by s.touchpoint_id, s.customer_id
