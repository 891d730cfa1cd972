select
  r.response_id,
  r.survey_id,
  r.customer_id,
  r.event_id,
  r.channel,
  r.language,
  coalesce(w.weight, r.weight) as weight,
  r.cluster,
  case when s.wave is null then cast(date_trunc('month', r.answered_at) as date) end as month_on,
  cast(null as varchar) as touchpoint_id,
  cast(0 as bigint) as profile
from responses r
left join surveys s on s.survey_id = r.survey_id
left join survey_weights w on w.response_id = r.response_id
