select
  a.activity_id,
  a.period_on,
  a.name,
  a.pool,
  a.pool_cost,
  a.capacity_minutes,
  a.unit_minutes,
  a.driver,
  a.driver_touchpoint_id,
  a.driver_channel,
  a.driver_kind,
  a.standard_cost,
  a.standard_capacity_minutes,
  a.standard_unit_minutes,
  a.surveyed_share,
  a.currency
from activities a
