-- One row a step with a touchpoint: how long the customer stayed there, where that is known.
with followed as (
  select
    s.event_id,
    s.customer_id,
    s.touchpoint_id,
    s."at",
    s.duration_s,
    lead(s."at") over (partition by s.journey_id order by s."at", s.event_id) as next_at
  from journey_steps s
)
select
  f.event_id,
  f.customer_id,
  f.touchpoint_id,
  case when f.duration_s is not null then 1 else 0 end as measured,
  case
    when f.duration_s is not null then f.duration_s
    when f.next_at is not null then cast(epoch_us(f.next_at) - epoch_us(f."at") as double) / 1000000.0
  end as seconds
from followed f
