select
  i.event_id,
  i.customer_id,
  i."at",
  i.journey_id,
  replace(i.touchpoint_id, '→', '→→') as step,
  i.emotion
from interactions i
where i.journey_id is not null and i.touchpoint_id is not null and i."at" is not null
