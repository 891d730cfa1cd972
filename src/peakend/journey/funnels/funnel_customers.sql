select r.customer_id, r.unit_id as journey_id, r.step, r.depth, r.wait_us
from reached r
where
  r.step = $step
  and ($lost = 0 or r.depth = $step)
  and (
    $segmentation = 'all'
    or exists (
      select 1
      from segment_members m
      where
        m.subject = 'customer'
        and m.subject_id = r.customer_id
        and m.segmentation = $segmentation
        and m.segment = $segment
    )
  )
