select
  i.event_id,
  i.customer_id,
  i."at",
  coalesce(i.touchpoint_id, i.kind) as touchpoint_id,
  i.channel
from interactions i
where
  coalesce(i.touchpoint_id, i.kind) is not null
  and epoch_us(i."at") >= 0
  and i."at" <= $now
