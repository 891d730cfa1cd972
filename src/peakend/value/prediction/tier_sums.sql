select
  v.tier,
  count(*) as customers,
  cast(sum(v.lifetime_value) as decimal(18, 4)) as lifetime_value,
  cast(sum(v.past_value) as decimal(18, 4)) as past_value,
  sum(v.probability_alive) as active_customers,
  max(v.currency) as currency,
  max(v.horizon_days) as horizon_days,
  max(v.discount_rate) as discount_rate
from lifetime_values v
group by v.tier
