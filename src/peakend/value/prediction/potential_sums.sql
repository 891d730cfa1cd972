select
  b.band,
  count(*) as customers,
  cast(sum(b.recent_value) as decimal(18, 4)) as recent_value,
  cast(sum(b.potential) as decimal(18, 4)) as potential,
  max(b.currency) as currency
from bands b
group by b.band
