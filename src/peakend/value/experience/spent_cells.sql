select
  s.high,
  s.stratum,
  s.score,
  count(*) as customers,
  sum(cast(s.spent_after as double)) as spent,
  sum(cast(s.spent_after as double) * cast(s.spent_after as double)) as squared
from stratified s
group by s.high, s.stratum, s.score
