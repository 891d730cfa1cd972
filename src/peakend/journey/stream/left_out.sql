select
  e.reason,
  cast(count(*) as bigint) as events,
  cast(count(distinct e.customer_id) as bigint) as customers
from left_out_events e
group by e.reason
