-- As the portable file beside it, with DuckDB's own nearest rank: no sort of all waits.
select
  v.segmentation,
  v.segment,
  v.touchpoint_id,
  quantile_disc(v.wait_us, 0.5) as median_us,
  quantile_disc(v.wait_us, 0.9) as p90_us
from visits v
where v.wait_us is not null
group by v.segmentation, v.segment, v.touchpoint_id
