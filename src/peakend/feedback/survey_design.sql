select
  r.survey_id,
  count(*) as responses,
  count(coalesce(w.weight, r.weight)) as weighted,
  count(r.cluster) as clustered,
  count(r.event_id) as events,
  cast(min(r.answered_at) as date) as first_on
from responses r
left join survey_weights w on w.response_id = r.response_id
group by r.survey_id
