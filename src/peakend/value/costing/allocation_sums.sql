select
  p.allocation_key,
  p.ranking,
  cast(count(*) as bigint) as n,
  sum(p.a * p.a) as aa,
  sum(p.b * p.b) as bb,
  sum(p.a * p.b) as ab,
  cast(sum(case when p.from_decile <> p.to_decile then 1 else 0 end) as bigint) as moved,
  cast(sum(case when p.to_decile - p.from_decile >= 3 then 1 else 0 end) as bigint) as far_up,
  cast(sum(case when p.from_decile - p.to_decile >= 3 then 1 else 0 end) as bigint) as far_down,
  cast(sum(p.to_loss) as bigint) as to_loss,
  cast(sum(p.to_profit) as bigint) as to_profit
from allocation_pairs p
group by p.allocation_key, p.ranking
