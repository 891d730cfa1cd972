with later as (
  select
    d.customer_id,
    count(*) as purchases,
    sum(d.value) as value
  from days d
  where d.bought_on > cast($calibration_end as date) and (d.value > 0 or ($free = 1 and d.value = 0 and d.refunds = 0))
  group by d.customer_id
)
select
  c.customer_id,
  cast(c.frequency as double) as frequency_cal,
  cast(c.recency_days as double) / cast($days_in_unit as double) as recency_cal,
  cast(c.age_days as double) / cast($days_in_unit as double) as "T_cal",
  c.monetary_value as monetary_value_cal,
  c.recency_days as recency_days_cal,
  c.age_days as age_days_cal,
  cast(coalesce(l.purchases, 0) as double) as frequency_holdout,
  cast(date_diff('day', cast($calibration_end as date), cast($as_of as date)) as double)
    / cast($days_in_unit as double) as duration_holdout,
  cast(l.value as double) / cast(l.purchases as double) as monetary_value_holdout,
  cast(h.frequency as double) as frequency,
  cast(h.recency_days as double) / cast($days_in_unit as double) as recency,
  cast(h.age_days as double) / cast($days_in_unit as double) as "T",
  h.monetary_value,
  h.recency_days,
  h.age_days,
  c.first_on,
  c.left_truncated,
  cast($calibration_end as date) as calibration_end_on,
  cast($as_of as date) as as_of_on,
  c.currency
from calibration c
left join histories h on h.customer_id = c.customer_id
left join later l on l.customer_id = c.customer_id
