select distinct m.customer_id
from channel_moves m
where
  m.from_channel = $from_channel
  and m.to_channel = $to_channel
  and m.designed = $designed
  and m.customer_id is not null
