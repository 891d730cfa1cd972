select
  r.response_id,
  r.survey_id,
  r.customer_id,
  r.event_id,
  r.channel,
  r.language,
  r.weight,
  r.cluster,
  r.month_on,
  r.touchpoint_id,
  r.profile + coalesce(p.profile, 0) as profile
from respondents r
left join profiles p on p.subject_id = r.customer_id
