select
  c.touchpoint_id,
  cast(sum(c.events) as bigint) as events,
  count(c.customer_id) as customers,
  cast(sum(case when c.customer_id is null then c.events else 0 end) as bigint) as anonymous_events,
  min(c.first_at) as first_at,
  max(c.last_at) as last_at
from customers_met c
group by c.touchpoint_id
