with sources as (
  select
    m.journey_id,
    cast(sum(case when m.source = 'asked' then 1 else 0 end) as bigint) as asked,
    cast(sum(case when m.source = 'sensed' then 1 else 0 end) as bigint) as sensed,
    cast(sum(case when m.source = 'recalled' then 1 else 0 end) as bigint) as recalled,
    cast(sum(case when m.source = 'words' then 1 else 0 end) as bigint) as words,
    cast(sum(case when m.source = 'operations' then 1 else 0 end) as bigint) as operations,
    cast(sum(case when m.response_id = r.response_id then 1 else 0 end) as bigint) as asked_together
  from journey_moments m
  left join remembered r on r.journey_id = m.journey_id
  group by m.journey_id
)
select
  p.journey_id,
  p.customer_id,
  p.first_at,
  p.ended_at,
  j.events,
  p.n_moments,
  s.asked,
  s.sensed,
  s.recalled,
  s.words,
  s.operations,
  s.asked_together,
  p.first_score,
  p.peak,
  p.peak_touchpoint_id,
  p.peak_event_id,
  p.best,
  p.worst,
  p.worst_touchpoint_id,
  p.worst_event_id,
  p.end_score,
  p.end_touchpoint_id,
  p.end_event_id,
  p.mean,
  p.duration_mean,
  p.duration_known,
  p.recency_mean,
  p.trend,
  r.overall,
  r.question_id,
  r.response_id,
  r.answered_at,
  r.linked_by,
  r.programme,
  r.wave
from journeys_felt p
join sources s on s.journey_id = p.journey_id
join journeys j on j.journey_id = p.journey_id
left join remembered r on r.journey_id = p.journey_id
