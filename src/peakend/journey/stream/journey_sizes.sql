-- One row a journey: its class by number of steps, and how many days it took.
select
  j.journey_id,
  j.customer_id,
  j.events,
  cast(epoch_us(j.ended_at) - epoch_us(j.started_at) as double) / 86400000000.0 as days,
  case
    when j.events < 4 then j.events
    when j.events < 6 then 4
    when j.events < 11 then 6
    when j.events < 21 then 11
    else 21
  end as steps_from
from journeys j
