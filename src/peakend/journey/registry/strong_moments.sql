select
  d.batch,
  u.touchpoint_id,
  count(*) as customers,
  cast(sum(u.events) as bigint) as events,
  cast(sum(u.felt) as bigint) as felt,
  cast(sum(u.strong) as bigint) as strong
from used u
join dealt d on d.customer_id = u.customer_id
group by d.batch, u.touchpoint_id
