with waits as (
  select
    v.segmentation,
    v.segment,
    v.touchpoint_id,
    v.wait_us,
    row_number() over (
      partition by v.segmentation, v.segment, v.touchpoint_id order by v.wait_us, v.event_id
    ) as rank,
    count(*) over (partition by v.segmentation, v.segment, v.touchpoint_id) as size
  from visits v
  where v.wait_us is not null
)
select
  w.segmentation,
  w.segment,
  w.touchpoint_id,
  min(case when 2 * w.rank >= w.size then w.wait_us end) as median_us,
  min(case when 10 * w.rank >= 9 * w.size then w.wait_us end) as p90_us
from waits w
group by w.segmentation, w.segment, w.touchpoint_id
