select
  r.response_id,
  r.survey_id,
  cast(r.answered_at as date) as answered_on,
  coalesce(r.channel, i.channel) as channel
from responses r
left join interactions i on i.event_id = r.event_id
