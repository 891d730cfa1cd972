select
  q.activity_id,
  q.period_on,
  case when q.customer_id is null then 0 else 1 end as identified,
  q.quantity,
  cast(count(*) as bigint) as customers
from customer_quantities q
group by q.activity_id, q.period_on, case when q.customer_id is null then 0 else 1 end, q.quantity
