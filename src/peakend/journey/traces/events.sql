select
  i.event_id,
  i.customer_id,
  i."at",
  i.journey_id,
  case when i.touchpoint_id like '%→%' then replace(i.touchpoint_id, '→', '→→') else i.touchpoint_id end as step,
  i.emotion
from interactions i
where i.journey_id is not null and i.touchpoint_id is not null and i."at" is not null
