select
  t.currency,
  t.kind,
  case when t.customer_id is null then 0 else 1 end as identified,
  count(*) as lines,
  cast(sum(t.revenue) as decimal(18, 4)) as revenue,
  max(t.at) as last_at
from transactions t
group by t.currency, t.kind, case when t.customer_id is null then 0 else 1 end
