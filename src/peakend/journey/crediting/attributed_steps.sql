-- key: journey_id, place
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
placed as (
  select j.journey_id, j.customer_id, j.converted, j.cut_at, g.customer_group
  from judged j
  join grouped g on g.customer_id = j.customer_id
),
kept as (
  select
    s.journey_id,
    p.customer_id,
    p.customer_group,
    p.converted,
    s.place,
    coalesce(n.number, $other) as number
  from journey_steps s
  join placed p on p.journey_id = s.journey_id
  left join numbers n on n.touchpoint_id = s.touchpoint_id
  where p.cut_at is null or s."at" < p.cut_at
)
select
  k.journey_id,
  k.customer_id,
  k.customer_group,
  k.converted,
  k.place,
  k.number,
  lead(k.number) over (partition by k.journey_id order by k.place) as next_number,
  count(*) over (partition by k.journey_id) as steps
from kept k
