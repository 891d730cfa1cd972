-- One row an event of a journey, with what came before it.
select
  s.journey_id,
  s.event_id,
  s.customer_id,
  s.touchpoint_id,
  s.emotion,
  cast(row_number() over (partition by s.journey_id order by s."at", s.event_id) as bigint) as place,
  lag(s.touchpoint_id) over (partition by s.journey_id order by s."at", s.event_id) as previous_id,
  lag(s.touchpoint_id, 2) over (partition by s.journey_id order by s."at", s.event_id) as before_previous_id,
  epoch_us(s."at")
  - epoch_us(lag(s."at") over (partition by s.journey_id order by s."at", s.event_id)) as wait_us,
  case
    when lead(s.event_id) over (partition by s.journey_id order by s."at", s.event_id) is null then 1
    else 0
  end as ends,
  cast(
    row_number() over (partition by s.journey_id, s.touchpoint_id order by s."at", s.event_id) as bigint
  ) as visit
from steps s
