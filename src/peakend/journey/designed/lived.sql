select
  v.journey_id,
  v.customer_id,
  v.variant,
  v.spelled,
  e.era
from journey_variants v
join journeys j on j.journey_id = v.journey_id
join eras e on cast(j.started_at as date) >= e.from_on and cast(j.started_at as date) < e.until_on
