with placed as (
  select
    v.customer_id,
    v.journey_id,
    v.variant,
    v.duration_us,
    v.emotion,
    coalesce(t.place, 0) as place
  from journey_variants v
  left join top_variants t on t.variant = v.variant
)
select
  p.customer_id,
  p.journey_id,
  p.variant,
  p.duration_us,
  p.emotion,
  p.place,
  'all' as segmentation,
  'all' as segment
from placed p
union all
select
  p.customer_id,
  p.journey_id,
  p.variant,
  p.duration_us,
  p.emotion,
  p.place,
  m.segmentation,
  m.segment
from placed p
join segment_members m on m.subject = 'customer' and m.subject_id = p.customer_id
