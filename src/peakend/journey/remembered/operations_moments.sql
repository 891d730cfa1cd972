-- What went wrong: an outcome that customers feel, or a promised time that was not kept.
with seen as (
  select
    s.event_id,
    o.score as outcome_score,
    case
      when t.service_level_s > 0 and i.duration_s > t.service_level_s
        then greatest(cast(-1 as double), 1 - cast(i.duration_s as double) / t.service_level_s)
    end as late_score
  from journey_steps s
  join interactions i on i.event_id = s.event_id
  left join touchpoints t on t.touchpoint_id = s.touchpoint_id
  left join outcomes o on o.outcome = lower(trim(i.outcome))
)
select
  n.event_id,
  case
    when n.outcome_score < n.late_score then n.outcome_score
    else coalesce(n.late_score, n.outcome_score)
  end as score
from seen n
where n.outcome_score is not null or n.late_score is not null
