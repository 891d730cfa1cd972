select
  u.customer_id,
  cast(count(*) as bigint) as units,
  cast(sum(u.quantity) as bigint) as quantity
from activity_units u
where u.activity_id = $activity and u.period_on = cast($period as date) and u.customer_id is not null
group by u.customer_id
