with beside as (
  select
    i.event_id,
    i.customer_id,
    i."at",
    i.journey_id,
    i.touchpoint_id,
    i.emotion,
    lag(i.touchpoint_id) over (partition by i.journey_id order by i."at", i.event_id) as before,
    lead(i.touchpoint_id) over (partition by i.journey_id order by i."at", i.event_id) as after
  from interactions i
  where i.journey_id is not null and i.touchpoint_id is not null and i."at" is not null
)
select
  b.event_id,
  b.customer_id,
  b."at",
  b.journey_id,
  case
    when b.before = b.touchpoint_id then cast(null as varchar)
    when b.after = b.touchpoint_id then replace(replace(b.touchpoint_id, '→', '→→'), '+', '++') || '+'
    else replace(replace(b.touchpoint_id, '→', '→→'), '+', '++')
  end as step,
  b.emotion
from beside b
