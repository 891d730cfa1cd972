select
  h.customer_id,
  cast(h.frequency as double) as frequency,
  cast(h.recency_days as double) / cast($days_in_unit as double) as recency,
  cast(h.age_days as double) / cast($days_in_unit as double) as "T",
  h.monetary_value,
  h.recency_days,
  h.age_days,
  h.first_value,
  h.total_value,
  h.first_on,
  h.last_on,
  h.left_truncated,
  h.as_of_on,
  h.currency
from histories h
