select
  f.touchpoint_id,
  cast(sum(f.events) as bigint) as events,
  count(f.customer_id) as customers,
  cast(sum(f.felt) as bigint) as felt,
  sum(f.emotion) as emotion,
  sum(f.emotion * f.emotion) as squares,
  sum(f.felt * f.felt) as sizes,
  sum(f.emotion * f.felt) as products,
  sum(case when f.felt > 0 then 1 else 0 end) as people
from felt_at f
group by f.touchpoint_id
