-- One row an event with a momentary score: asked at the moment, then sensed, recalled with
-- the whole, words, operations.
with sensed as (
  select
    s.journey_id,
    s.customer_id,
    s.event_id,
    s."at",
    s.touchpoint_id,
    s.channel,
    s.duration_s,
    case
      when a.score is not null then a.response_id
      when s.emotion is null then a.recalled_id
    end as response_id,
    case
      when a.score is not null then 'asked'
      when s.emotion is not null then 'sensed'
      when a.recalled is not null then 'recalled'
      when w.score is not null then 'words'
      else 'operations'
    end as source,
    coalesce(a.score, s.emotion, a.recalled, w.score, o.score) as score
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
