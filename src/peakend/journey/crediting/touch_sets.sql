with met as (
  select
    a.journey_id,
    a.customer_group,
    a.converted,
    a.number
  from attributed_steps a
  group by a.journey_id, a.customer_group, a.converted, a.number
),
sets as (
  select
    m.journey_id,
    m.customer_group,
    m.converted,
    cast(sum(b.bit) as bigint) as bits
  from met m
  join bits b on b.number = m.number
  group by m.journey_id, m.customer_group, m.converted
)
select
  s.bits,
  cast(s.customer_group as bigint) as customer_group,
  cast(count(*) as bigint) as n,
  cast(sum(s.converted) as bigint) as won
from sets s
group by s.bits, s.customer_group
order by 1, 2
