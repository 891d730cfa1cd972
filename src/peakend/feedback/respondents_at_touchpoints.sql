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
  i.touchpoint_id,
  r.profile
from respondents r
left join interactions i on i.event_id = r.event_id
