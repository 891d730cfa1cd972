with counted as (
  select
    e.unit_id,
    e.customer_id,
    e."at",
    e.event_id,
    e.touchpoint_id,
    sum(case when e.touchpoint_id = $start then 1 else 0 end) over (
      partition by e.unit_id
      order by e."at", e.event_id
      rows between unbounded preceding and current row
    ) as begun
  from events e
)
select c.unit_id, c.customer_id, c."at", c.event_id, c.touchpoint_id
from counted c
where c.begun > 0
