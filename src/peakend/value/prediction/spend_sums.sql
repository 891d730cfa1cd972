select
  count(*) as customers,
  cast(sum(h.total_value) as decimal(18, 4)) as value,
  cast(sum(h.frequency + 1) as bigint) as purchases
from histories h
