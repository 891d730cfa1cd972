select r.survey_id, r.month_on, r.channel, r.language, r.profile, count(*) as n
from respondents r
group by r.survey_id, r.month_on, r.channel, r.language, r.profile
