-- key: customer_id
-- The spend of one purchase: E(M | x, m) = p (gamma + x m) / (p x + q - 1); without a model everybody's mean.
with spending as (
  select
    h.customer_id,
    h.frequency,
    h.recency_days,
    h.age_days,
    h.monetary_value,
    h.total_value,
    case
      when cast($spend_shape as double) is null then cast($spend_mean as double)
      when h.frequency = 0 then
        cast($spend_shape as double) * cast($spend_scale as double) / (cast($spend_spread as double) - 1)
      else
        cast($spend_shape as double)
        * (cast($spend_scale as double) + cast(h.frequency as double) * h.monetary_value)
        / (cast($spend_shape as double) * cast(h.frequency as double) + cast($spend_spread as double) - 1)
    end as spend
  from histories h
)
select
  m.customer_id,
  m.frequency,
  m.recency_days,
  m.age_days,
  m.monetary_value,
  m.total_value,
  s.probability_alive,
  s.expected_purchases,
  m.spend as expected_spend,
  cast(s.discounted_purchases * m.spend * cast($margin as double) as decimal(18, 4)) as lifetime_value,
  cast(s.expected_purchases * m.spend * cast($margin as double) as decimal(18, 4)) as expected_value
from spending m
inner join scores s
  on s.frequency = m.frequency and s.recency_days = m.recency_days and s.age_days = m.age_days
