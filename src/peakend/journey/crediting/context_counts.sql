select
  c.part,
  cast(c.customer_group as bigint) as customer_group,
  cast(c.third_number as bigint) as third_number,
  cast(c.second_number as bigint) as second_number,
  cast(c.last_number as bigint) as last_number,
  cast(c.next_number as bigint) as next_number,
  cast(count(*) as bigint) as n
from (
  select
    s.part,
    case when s.part = 'report' then s.customer_group else 0 end as customer_group,
    s.third_number,
    s.second_number,
    s.last_number,
    s.next_number
  from step_contexts s
) c
group by c.part, c.customer_group, c.third_number, c.second_number, c.last_number, c.next_number
order by 1, 2, 3, 4, 5, 6
