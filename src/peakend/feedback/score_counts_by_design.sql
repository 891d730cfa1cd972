select
  r.survey_id,
  r.month_on,
  r.touchpoint_id,
  r.profile,
  a.question_id,
  a.score,
  count(*) as n,
  count(r.weight) as weighted_n,
  sum(r.weight) as w,
  sum(r.weight * r.weight) as w2
from answers a
join asked q on q.question_id = a.question_id
join respondents r on r.response_id = a.response_id
where a.state = 'answered' and a.score is not null
group by r.survey_id, r.month_on, r.touchpoint_id, r.profile, a.question_id, a.score
