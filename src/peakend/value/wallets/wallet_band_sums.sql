select
  b.category,
  b.as_of_on,
  b.size_band,
  b.share_band,
  cast(count(*) as bigint) as customers,
  cast(sum(b.total_spend) as decimal(18, 4)) as total_spend,
  cast(sum(b.own_spend) as decimal(18, 4)) as own_spend,
  cast(sum(b.elsewhere_spend) as decimal(18, 4)) as headroom
from bands b
group by b.category, b.as_of_on, b.size_band, b.share_band
order by b.category, b.as_of_on, b.size_band, b.share_band
