select
  'all' as segmentation,
  'all' as segment,
  v.touchpoint_id,
  v.journey_id,
  v.customer_id,
  v.event_id,
  v.place,
  v.wait_us,
  v.emotion,
  v.ends
from visits v
union all
select
  m.segmentation,
  m.segment,
  v.touchpoint_id,
  v.journey_id,
  v.customer_id,
  v.event_id,
  v.place,
  v.wait_us,
  v.emotion,
  v.ends
from visits v
join segment_members m on m.subject_id = v.customer_id
where m.subject = 'customer'
