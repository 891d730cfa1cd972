select
  a.activity_id,
  a.period_on,
  u.driver,
  u.unit_id,
  u.customer_id,
  u.happened_on,
  u.touchpoint_id,
  u.channel,
  u.quantity
from driver_units u
join activity_days a on a.driver = u.driver and a.happened_on = u.happened_on
where (a.touchpoint_id is null or a.touchpoint_id = u.touchpoint_id)
  and (a.channel is null or a.channel = u.channel)
  and (a.kind is null or a.kind = u.kind)
  and u.quantity is not null
