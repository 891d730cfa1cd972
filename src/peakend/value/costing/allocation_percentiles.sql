select
  p.allocation_key,
  p.ranking,
  p.from_percentile,
  p.to_percentile,
  cast(count(*) as bigint) as customers
from allocation_pairs p
group by p.allocation_key, p.ranking, p.from_percentile, p.to_percentile
