select
  r.response_id,
  r.customer_id,
  r.survey_id,
  p.period,
  case when p.weighted then coalesce(r.weight, cast(0 as double)) else cast(1 as double) end as weight,
  case when p.clustered then r.cluster end as cluster
from respondents r
join sheet_periods p
  on p.survey_id = r.survey_id
  and p.month_on = coalesce(r.month_on, cast('1900-01-01' as date))
