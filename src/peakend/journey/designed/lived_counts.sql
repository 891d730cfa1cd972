with counted as (
  select l.variant, l.era, cast(count(*) as bigint) as journeys
  from lived l
  where l.spelled
  group by l.variant, l.era
)
select c.variant, c.era, c.journeys
from counted c
order by c.journeys desc, c.variant, c.era
limit cast($most as int)
