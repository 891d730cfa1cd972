select
  t.score,
  count(*) as n,
  count(t.weight) as weighted_n,
  sum(t.weight) as w,
  sum(t.weight * t.weight) as w2,
  sum(case when t.weight >= 0 and t.weight < 1e300 then 0 else 1 end) as bad
from stored t
where t.score is not null
group by t.score
