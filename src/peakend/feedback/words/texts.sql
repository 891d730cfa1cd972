select
  a.response_id,
  a.question_id,
  a.text,
  r.survey_id,
  r.month_on,
  r.weight,
  r.cluster,
  i.touchpoint_id
from answers a
join asked q on q.question_id = a.question_id
join respondents r on r.response_id = a.response_id
left join interactions i on i.event_id = r.event_id
where a.state = 'answered' and a.text is not null
