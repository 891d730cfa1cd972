select
  l.customer_id,
  l.journey_id,
  coalesce(m.design_id, '') as design_id,
  coalesce(m.version, '') as version,
  m.fitness,
  case when m.cost = 0 then 1 else 0 end as conforming,
  case when m.variant is null then 0 else 1 end as checked
from lived l
left join matches m on m.variant = l.variant and m.era = l.era and l.spelled
