-- Every answer after a visit with its scores.
-- key: response_id
select r.response_id, r.customer_id, r.language, r.answered_at, r.cluster, i.case_id as journey_id,
  max(case when a.question_id = 'Q-NPS' then a.score end) as recommend,
  max(case when a.question_id = 'Q-CSAT' then a.score end) as satisfied,
  max(case when a.question_id = 'Q-TEXT' then a.text end) as why,
  max(case when a.question_id = 'Q-checkin' then a.score end) as checkin,
  max(case when a.question_id = 'Q-security' then a.score end) as security,
  max(case when a.question_id = 'Q-lounge' then a.score end) as lounge,
  max(case when a.question_id = 'Q-boarding' then a.score end) as boarding,
  max(case when a.question_id = 'Q-cabin' then a.score end) as cabin,
  max(case when a.question_id = 'Q-meals' then a.score end) as meals,
  max(case when a.question_id = 'Q-baggage' then a.score end) as baggage
from responses r
join answers a on a.response_id = r.response_id
left join interactions i on i.event_id = r.event_id
where r.survey_id = 'SV-VISIT' and r.customer_id is not null
group by r.response_id, r.customer_id, r.language, r.answered_at, r.cluster, i.case_id
having max(case when a.question_id = 'Q-NPS' then a.score end) is not null
order by r.answered_at, r.response_id
