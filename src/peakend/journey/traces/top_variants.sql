with counted as (
  select v.variant, max(v.steps) as steps, cast(count(*) as bigint) as journeys
  from journey_variants v
  group by v.variant
)
select c.variant, c.steps, c.journeys
from counted c
order by c.journeys desc, c.variant
limit cast($most as int)
