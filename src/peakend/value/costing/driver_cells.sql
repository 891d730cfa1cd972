select
  u.driver,
  u.happened_on,
  u.touchpoint_id,
  u.channel,
  u.kind,
  case when u.customer_id is null then 0 else 1 end as identified,
  cast(count(*) as bigint) as units,
  cast(count(u.quantity) as bigint) as counted,
  cast(coalesce(sum(u.quantity), 0) as bigint) as quantity
from driver_units u
group by
  u.driver, u.happened_on, u.touchpoint_id, u.channel, u.kind,
  case when u.customer_id is null then 0 else 1 end
