select p.customer_id, p.cohort_on, p.period_on
from periods p
join cells c on c.cohort_on = p.cohort_on and c.period_on = p.period_on
where
  $segmentation = 'all'
  or exists (
    select 1
    from segment_members m
    where
      m.subject = 'customer'
      and m.subject_id = p.customer_id
      and m.segmentation = $segmentation
      and m.segment = $segment
  )
