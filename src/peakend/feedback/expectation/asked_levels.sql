select r.survey_id, r.month_on, a.question_id, a.score, count(*) as n
from answers a
join asked q on q.question_id = a.question_id
join respondents r on r.response_id = a.response_id
where a.state = 'answered' and a.score < 1e300
group by r.survey_id, r.month_on, a.question_id, a.score
