-- key: customer_id
-- Who has a relationship beyond the purchase: a membership, or contacts of service in the window.
with met as (
  select i.customer_id, count(*) as events
  from interactions i
  inner join touchpoints p on p.touchpoint_id = i.touchpoint_id
  where
    i.customer_id is not null
    and p.stage = 'service'
    and i.at >= cast($from_at as timestamp)
    and i.at < cast($to_at as timestamp)
  group by i.customer_id
  union all
  select m.customer_id, count(*) as events
  from memberships m
  where
    (m.joined_on is null or m.joined_on < cast($to_at as date))
    and (m.left_on is null or m.left_on >= cast($from_at as date))
  group by m.customer_id
)
select e.customer_id, cast(sum(e.events) as bigint) as events
from met e
group by e.customer_id
