select
  a.activity_id,
  cast(sum(u.units) as bigint) as units
from driver_cells u
join last_activities a on a.driver = u.driver
left join activity_days d on d.activity_id = a.activity_id and d.happened_on = u.happened_on
where d.activity_id is null
  and (a.touchpoint_id is null or a.touchpoint_id = u.touchpoint_id)
  and (a.channel is null or a.channel = u.channel)
  and (a.kind is null or a.kind = u.kind)
group by a.activity_id
