-- One row a moment of a journey that has a memory: what it was to the journey, and its share in an average of
-- all moments alike and in one that forgets.
with felt as (
  select
    m.customer_id,
    coalesce(m.customer_id, m.journey_id) as person_id,
    m.touchpoint_id,
    m.journey_id,
    m.event_id,
    m.score,
    case when j.peak_event_id = m.event_id then 1 else 0 end as is_peak,
    case when j.worst_event_id = m.event_id then 1 else 0 end as is_worst,
    case when j.end_event_id = m.event_id then 1 else 0 end as is_end,
    cast(1 as double) / j.n_moments as even_share,
    pow(
      cast(0.5 as double),
      (row_number() over (partition by m.journey_id order by m."at" desc, m.event_id desc) - 1)
      / cast($half_life as double)
    ) as fading
  from journey_moments m
  join journey_memory j on j.journey_id = m.journey_id
)
select
  f.customer_id,
  f.person_id,
  f.touchpoint_id,
  f.journey_id,
  f.event_id,
  f.score,
  f.is_peak,
  f.is_worst,
  f.is_end,
  f.even_share,
  f.fading / sum(f.fading) over (partition by f.journey_id) as recent_share
from felt f
