select
  a.activity_id,
  a.period_on,
  cast(date_trunc('month', u.happened_on) as date) as month_on,
  u.touchpoint_id,
  u.channel,
  u.identified,
  cast(sum(u.units) as bigint) as units,
  cast(sum(u.counted) as bigint) as counted,
  cast(sum(u.quantity) as bigint) as quantity
from driver_cells u
join activity_days a on a.driver = u.driver and a.happened_on = u.happened_on
where (a.touchpoint_id is null or a.touchpoint_id = u.touchpoint_id)
  and (a.channel is null or a.channel = u.channel)
  and (a.kind is null or a.kind = u.kind)
group by
  a.activity_id, a.period_on, cast(date_trunc('month', u.happened_on) as date), u.touchpoint_id, u.channel,
  u.identified
