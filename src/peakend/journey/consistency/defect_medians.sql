with fixed as (
  select
    d.touchpoint_id,
    d.channel,
    cast(epoch_us(d.fixed_at) - epoch_us(d."at") as double) / 86400000000.0 as days_to_fix
  from defects d
  where d.touchpoint_id is not null and d.fixed_at is not null
)
select f.touchpoint_id, '' as place, 'all' as cut, median(f.days_to_fix) as days_to_fix
from fixed f
group by f.touchpoint_id
union all
select f.touchpoint_id, f.channel as place, 'channel' as cut, median(f.days_to_fix) as days_to_fix
from fixed f
where f.channel is not null
group by f.touchpoint_id, f.channel
