with graded as (
  select e.segmentation, e.touchpoint_id
  from entitlements e
  group by e.segmentation, e.touchpoint_id
)
select
  m.segmentation,
  m.segment,
  s.touchpoint_id,
  coalesce(s.channel, '') as channel,
  s.customer_id,
  s.event_id,
  case when e.entitled then 1 else 0 end as allowed,
  case when e.entitled and s.duration_s > e.service_level_s then 1 else 0 end as late
from journey_steps s
join segment_members m on m.subject_id = s.customer_id and m.subject = 'customer'
join graded g on g.segmentation = m.segmentation and g.touchpoint_id = s.touchpoint_id
left join entitlements e
  on
    e.segmentation = m.segmentation
    and e.segment = m.segment
    and e.touchpoint_id = s.touchpoint_id
    and e.channel = coalesce(s.channel, '')
