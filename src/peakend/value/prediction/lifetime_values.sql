-- key: customer_id
select
  v.customer_id,
  cast($model as varchar) as model,
  v.frequency,
  v.recency_days,
  v.age_days,
  v.monetary_value,
  v.probability_alive,
  v.expected_purchases,
  v.expected_spend,
  v.lifetime_value,
  cast(cast(v.total_value as double) * cast($margin as double) as decimal(18, 4)) as past_value,
  cast(
    (cast(v.total_value as double) - coalesce(cast(e.total_value as double), 0)) * cast($margin as double)
    as decimal(18, 4)
  ) as recent_value,
  cast(
    v.expected_value
    - (cast(v.total_value as double) - coalesce(cast(e.total_value as double), 0)) * cast($margin as double)
    as decimal(18, 4)
  ) as potential,
  case
    when v.lifetime_value >= cast($platinum as decimal(18, 4)) then 'platinum'
    when v.lifetime_value >= cast($gold as decimal(18, 4)) then 'gold'
    when v.lifetime_value >= cast($iron as decimal(18, 4)) then 'iron'
    else 'lead'
  end as tier,
  cast($basis as varchar) as basis,
  cast($horizon_days as bigint) as horizon_days,
  cast($discount_rate as double) as discount_rate,
  cast($as_of as date) as as_of_on,
  cast($currency as varchar) as currency
from scored v
left join earlier e on e.customer_id = v.customer_id
