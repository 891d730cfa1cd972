select
  m.currency,
  cast(count(*) as bigint) as lines
from money_of m
where m.currency is not null
group by m.currency
order by m.currency
