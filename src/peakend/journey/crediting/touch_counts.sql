select
  cast(a.customer_group as bigint) as customer_group,
  cast(a.number as bigint) as number,
  cast(a.next_number as bigint) as next_number,
  cast(count(*) as bigint) as n,
  cast(sum(a.converted) as bigint) as won,
  cast(sum(case when a.place = 1 then 1 else 0 end) as bigint) as first_n,
  cast(sum(case when a.place = 1 then a.converted else 0 end) as bigint) as first_won,
  sum(cast(1 as double) / a.steps) as even_n,
  sum(cast(a.converted as double) / a.steps) as even_won
from attributed_steps a
group by a.customer_group, a.number, a.next_number
order by 1, 2, 3
