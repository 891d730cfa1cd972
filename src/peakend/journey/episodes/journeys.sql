select
  s.journey_id,
  min(s.customer_id) as customer_id,
  min(s."at") as started_at,
  max(s."at") as ended_at,
  cast(count(*) as bigint) as events,
  cast(count(distinct s.touchpoint_id) as bigint) as touchpoints,
  cast(count(distinct s.channel) as bigint) as channels
from journey_steps s
group by s.journey_id
