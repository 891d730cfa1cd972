-- As the portable file beside it, with DuckDB's own nearest rank: no sort of all waits.
select
  p.segmentation,
  p.segment,
  p.kind,
  p.from_touchpoint_id,
  p.to_touchpoint_id,
  quantile_disc(p.wait_us, 0.5) as median_us,
  quantile_disc(p.wait_us, 0.9) as p90_us
from passages p
where p.wait_us is not null
group by p.segmentation, p.segment, p.kind, p.from_touchpoint_id, p.to_touchpoint_id
