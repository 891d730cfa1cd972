with waits as (
  select
    p.segmentation,
    p.segment,
    p.kind,
    p.from_touchpoint_id,
    p.to_touchpoint_id,
    p.wait_us,
    row_number() over (
      partition by p.segmentation, p.segment, p.kind, p.from_touchpoint_id, p.to_touchpoint_id
      order by p.wait_us, p.event_id
    ) as rank,
    count(*) over (
      partition by p.segmentation, p.segment, p.kind, p.from_touchpoint_id, p.to_touchpoint_id
    ) as size
  from passages p
  where p.wait_us is not null
)
select
  w.segmentation,
  w.segment,
  w.kind,
  w.from_touchpoint_id,
  w.to_touchpoint_id,
  min(case when 2 * w.rank >= w.size then w.wait_us end) as median_us,
  min(case when 10 * w.rank >= 9 * w.size then w.wait_us end) as p90_us
from waits w
group by w.segmentation, w.segment, w.kind, w.from_touchpoint_id, w.to_touchpoint_id
