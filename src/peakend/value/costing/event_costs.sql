select
  u.driver,
  u.unit_id,
  u.customer_id,
  u.happened_on,
  sum(cast(u.quantity as double) * c.minutes) as minutes,
  sum(cast(u.quantity as double) * c.cost) as cost
from activity_units u
join count_costs c on c.activity_id = u.activity_id and c.period_on = u.period_on
group by u.driver, u.unit_id, u.customer_id, u.happened_on
