select
  r.competitor_id,
  coalesce(r.problem, 'sound') as problem,
  cast(count(*) as bigint) as prices
from rival_rows r
group by r.competitor_id, coalesce(r.problem, 'sound')
order by r.competitor_id, problem
