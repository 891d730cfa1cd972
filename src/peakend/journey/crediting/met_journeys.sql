select
  a.customer_id,
  a.journey_id,
  cast(count(*) as bigint) as steps
from attributed_steps a
where a.number = $number and a.converted = 1
group by a.customer_id, a.journey_id
