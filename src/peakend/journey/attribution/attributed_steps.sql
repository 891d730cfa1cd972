with customers as (
  select j.customer_id
  from judged j
  group by j.customer_id
),
-- Customers are resampled in groups; sorted by their key, every group has as many.
grouped as (
  select c.customer_id, (row_number() over (order by c.customer_id) - 1) % $groups as customer_group
  from customers c
),
kept as (
  select
    s.journey_id,
    j.customer_id,
    g.customer_group,
    j.converted,
    s.place,
    s.event_id,
    coalesce(n.number, $other) as number
  from journey_steps s
  join judged j on j.journey_id = s.journey_id
  join grouped g on g.customer_id = j.customer_id
  left join numbers n on n.touchpoint_id = s.touchpoint_id
  where j.cut_at is null or s."at" < j.cut_at
)
select
  k.journey_id,
  k.customer_id,
  k.customer_group,
  k.converted,
  k.place,
  k.number,
  lead(k.number) over (partition by k.journey_id order by k.place, k.event_id) as next_number,
  count(*) over (partition by k.journey_id) as steps
from kept k
