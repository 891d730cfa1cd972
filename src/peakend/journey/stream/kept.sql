select
  s.known_by,
  cast(count(*) as bigint) as events,
  cast(count(distinct s.customer_id) as bigint) as customers
from journey_steps s
group by s.known_by
