with cut as (
  select 'all' as segmentation, 'all' as segment, r.step, r.wait_us
  from reached r
  union all
  select m.segmentation, m.segment, r.step, r.wait_us
  from reached r
  join segment_members m on m.subject = 'customer' and m.subject_id = r.customer_id
)
select
  c.segmentation,
  c.segment,
  cast(c.step as bigint) as step,
  cast(count(*) as bigint) as reached,
  median(c.wait_us) / 1000000.0 as median_s,
  cast(quantile_disc(c.wait_us, 0.9) as double) / 1000000.0 as p90_s
from cut c
group by c.segmentation, c.segment, c.step
