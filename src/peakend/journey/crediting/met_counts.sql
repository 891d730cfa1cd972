with met as (
  select a.journey_id, a.customer_group, a.converted, a.number
  from attributed_steps a
  group by a.journey_id, a.customer_group, a.converted, a.number
)
select
  cast(m.customer_group as bigint) as customer_group,
  cast(m.number as bigint) as number,
  cast(count(*) as bigint) as n,
  cast(sum(m.converted) as bigint) as won
from met m
group by m.customer_group, m.number
union all
select
  cast(a.customer_group as bigint) as customer_group,
  cast(-1 as bigint) as number,
  cast(count(*) as bigint) as n,
  cast(sum(a.converted) as bigint) as won
from attributed_steps a
where a.next_number is null
group by a.customer_group
