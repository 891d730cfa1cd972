with cut as (
  select
    s.customer_id,
    case when $memory >= 3 then s.third_number else -2 end as third_number,
    case when $memory >= 2 then s.second_number else -2 end as second_number,
    s.last_number
  from step_contexts s
)
select
  cast(c.third_number as bigint) as third_number,
  cast(c.second_number as bigint) as second_number,
  cast(c.last_number as bigint) as last_number,
  cast(count(distinct c.customer_id) as bigint) as customers
from cut c
group by c.third_number, c.second_number, c.last_number
