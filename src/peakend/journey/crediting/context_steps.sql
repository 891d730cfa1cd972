select s.customer_id, s.journey_id, s.event_id, s."at"
from step_contexts s
where
  s.last_number = $last_number
  and (s.second_number = $second_number or $second_number = -2)
  and (s.third_number = $third_number or $third_number = -2)
  and s.next_number = $next_number
