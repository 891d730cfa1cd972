select r.survey_id, r.month_on, count(*) as n
from respondents r
group by r.survey_id, r.month_on
