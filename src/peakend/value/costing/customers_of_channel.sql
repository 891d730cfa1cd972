select
  u.customer_id,
  cast(count(*) as bigint) as units
from activity_units u
join count_costs c on c.activity_id = u.activity_id and c.period_on = u.period_on
where u.customer_id is not null and coalesce(u.channel, '(none)') = $channel
group by u.customer_id
