select
  coalesce(s.problem, 'sound') as problem,
  cast(count(*) as bigint) as choices,
  cast(sum(s.options) as bigint) as options
from choice_sets s
group by coalesce(s.problem, 'sound')
order by problem
