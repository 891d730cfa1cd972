select
  r.survey_id,
  count(*) as responses,
  count(r.weight) as weighted,
  count(r.cluster) as clustered,
  count(r.event_id) as events,
  cast(min(r.answered_at) as date) as first_on
from responses r
group by r.survey_id
