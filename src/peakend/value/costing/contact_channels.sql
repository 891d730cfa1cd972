with contacts as (
  select u.unit_id, u.touchpoint_id, u.channel, u.customer_id
  from activity_units u
  join count_costs c on c.activity_id = u.activity_id and c.period_on = u.period_on
  where u.driver in ('interactions', 'interaction_minutes')
  group by u.unit_id, u.touchpoint_id, u.channel, u.customer_id
)
select
  c.touchpoint_id,
  c.channel,
  cast(count(*) as bigint) as contacts,
  cast(count(distinct c.customer_id) as bigint) as customers
from contacts c
where c.touchpoint_id is not null and c.channel is not null
group by c.touchpoint_id, c.channel
