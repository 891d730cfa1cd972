select
  e.journey_id,
  min(e.customer_id) as customer_id,
  string_agg(e.step, ' → ' order by e."at", e.event_id) as sequence,
  cast(count(e.step) as bigint) as steps,
  epoch_us(max(e."at")) - epoch_us(min(e."at")) as duration_us,
  avg(e.emotion) as emotion
from events e
group by e.journey_id
