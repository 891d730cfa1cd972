select
  case
    when q.touchpoint_id is not null then q.touchpoint_id
    when q.of_whole then null
    else i.touchpoint_id
  end as touchpoint_id,
  r.customer_id,
  case
    when r.cluster is not null then 'k/' || r.survey_id || '/' || r.cluster
    when r.customer_id is not null then 'c/' || r.customer_id
    else 'r/' || r.response_id
  end as unit,
  r.response_id,
  coalesce(r.weight, 1.0) as w,
  cast(a.score - q.scale_low as double) / (q.scale_high - q.scale_low) * 100 as y
from answers a
join asked q on q.question_id = a.question_id
join respondents r on r.response_id = a.response_id
join scope s on s.survey_id = r.survey_id and s.month_on = coalesce(r.month_on, cast('1900-01-01' as date))
left join interactions i on i.event_id = r.event_id
where a.state = 'answered' and a.score is not null
