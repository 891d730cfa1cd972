select
  m.touchpoint_id,
  m.customer_id,
  count(*) as events,
  min(m."at") as first_at,
  max(m."at") as last_at
from meetings m
group by m.touchpoint_id, m.customer_id
