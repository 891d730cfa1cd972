select
  f.valued,
  f.high,
  f.missed,
  count(*) as customers,
  cast(sum(f.worth) as decimal(18, 4)) as worth,
  count(f.score) as answered,
  coalesce(sum(f.score), 0) as score,
  coalesce(sum(f.score * f.score), 0) as squared
from focus f
group by f.valued, f.high, f.missed
