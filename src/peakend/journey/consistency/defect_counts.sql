with met as (
  select
    i.touchpoint_id,
    i.channel,
    i.emotion,
    case when d.event_id is null then 0 else 1 end as with_defect
  from interactions i
  left join (
    select x.event_id from defects x where x.event_id is not null group by x.event_id
  ) d on d.event_id = i.event_id
  where i.touchpoint_id is not null
)
select
  m.touchpoint_id,
  m.channel,
  cast(count(*) as bigint) as events,
  cast(sum(case when m.with_defect = 1 and m.emotion is not null then 1 else 0 end) as bigint) as n_with,
  sum(case when m.with_defect = 1 then m.emotion end) as sum_with,
  sum(case when m.with_defect = 1 then m.emotion * m.emotion end) as squares_with,
  cast(sum(case when m.with_defect = 0 and m.emotion is not null then 1 else 0 end) as bigint) as n_without,
  sum(case when m.with_defect = 0 then m.emotion end) as sum_without,
  sum(case when m.with_defect = 0 then m.emotion * m.emotion end) as squares_without
from met m
group by m.touchpoint_id, m.channel
