select m.customer_id, m.journey_id, m.ended_at, m.peak, m.end_score, m.overall
from journey_memory m
where
  m.end_score is not null
  and m.peak is not null
  and ($touchpoint = '' or m.end_touchpoint_id = $touchpoint)
order by m.customer_id, m.ended_at, m.journey_id
