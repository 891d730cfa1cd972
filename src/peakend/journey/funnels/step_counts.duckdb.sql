-- As the portable file beside it, with DuckDB's own nearest rank: attempts are read once.
select
  r.step,
  count(*) as reached,
  median(r.wait_us) / 1000000.0 as median_s,
  quantile_disc(r.wait_us, 0.9) as p90_us
from reaches r
group by r.step
