select
  u.activity_id,
  u.period_on,
  u.customer_id,
  cast(sum(u.quantity) as bigint) as quantity
from activity_units u
group by u.activity_id, u.period_on, u.customer_id
