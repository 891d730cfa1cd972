select
  r.segment,
  count(*) as customers,
  cast(sum(r.monetary) as decimal(18, 4)) as revenue,
  cast(sum(r.recency_days) as bigint) as recency_days,
  cast(sum(r.frequency) as bigint) as frequency
from rfm_customers r
group by r.segment
