-- One row an event with a momentary score: asked before sensed, sensed before words, words before operations.
with sensed as (
  select
    s.journey_id,
    s.customer_id,
    s.event_id,
    s."at",
    s.touchpoint_id,
    s.channel,
    s.duration_s,
    a.response_id,
    case
      when a.score is not null then 'asked'
      when s.emotion is not null then 'sensed'
      when w.score is not null then 'words'
      else 'operations'
    end as source,
    coalesce(a.score, s.emotion, w.score, o.score) as score
  from journey_steps s
  left join asked a on a.event_id = s.event_id
  left join words w on w.event_id = s.event_id
  left join operations o on o.event_id = s.event_id
)
select
  f.journey_id,
  f.customer_id,
  f.event_id,
  f."at",
  f.touchpoint_id,
  f.channel,
  f.duration_s,
  f.score,
  f.source,
  f.response_id
from sensed f
where f.score is not null and f.score >= -1 and f.score <= 1
