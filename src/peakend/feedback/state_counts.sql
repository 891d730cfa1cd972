select r.survey_id, r.month_on, a.question_id, a.state, count(*) as n
from answers a
join respondents r on r.response_id = a.response_id
group by r.survey_id, r.month_on, a.question_id, a.state
