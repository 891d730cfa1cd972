select
  cast(p.customer_group as bigint) as customer_group,
  cast(p.first_number as bigint) as first_number,
  cast(p.second_number as bigint) as second_number,
  cast(count(*) as bigint) as n,
  cast(sum(p.converted) as bigint) as won,
  cast(sum(p.eventual) as bigint) as eventual_n,
  cast(sum(p.eventual * p.converted) as bigint) as eventual_won,
  cast(sum(p.direct) as bigint) as direct_n,
  cast(sum(p.direct * p.converted) as bigint) as direct_won
from pairs_met p
group by p.customer_group, p.first_number, p.second_number
