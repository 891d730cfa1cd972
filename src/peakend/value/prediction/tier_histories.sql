select
  v.tier,
  v.frequency,
  v.recency_days,
  v.age_days,
  count(*) as customers,
  sum(cast(v.frequency as double) * coalesce(v.monetary_value, 0)) as repeat_value
from lifetime_values v
group by v.tier, v.frequency, v.recency_days, v.age_days
