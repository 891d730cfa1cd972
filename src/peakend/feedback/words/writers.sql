with wrote as (
  select m.response_id
  from remarks m
  group by m.response_id
)
select r.response_id, r.survey_id, r.customer_id, r.month_on, r.weight, r.cluster
from respondents r
join wrote w on w.response_id = r.response_id
