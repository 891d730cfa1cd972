select
  'all' as segmentation,
  'all' as segment,
  p.kind,
  p.from_touchpoint_id,
  p.to_touchpoint_id,
  p.journey_id,
  p.customer_id,
  p.event_id,
  p.wait_us,
  p.emotion,
  p.rework,
  p.there_and_back
from passages p
union all
select
  m.segmentation,
  m.segment,
  p.kind,
  p.from_touchpoint_id,
  p.to_touchpoint_id,
  p.journey_id,
  p.customer_id,
  p.event_id,
  p.wait_us,
  p.emotion,
  p.rework,
  p.there_and_back
from passages p
join segment_members m on m.subject_id = p.customer_id
where m.subject = 'customer'
