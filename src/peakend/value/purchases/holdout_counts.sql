with later as (
  select d.customer_id, count(*) as purchases
  from days d
  where d.bought_on > cast($calibration_end as date) and (d.value > 0 or ($free = 1 and d.value = 0 and d.refunds = 0))
  group by d.customer_id
),
followed as (
  select c.frequency, c.recency_days, c.age_days, coalesce(l.purchases, 0) as later
  from calibration c
  left join later l on l.customer_id = c.customer_id
)
select
  f.frequency,
  f.recency_days,
  f.age_days,
  cast(f.later as bigint) as frequency_holdout,
  count(*) as customers
from followed f
group by f.frequency, f.recency_days, f.age_days, f.later
