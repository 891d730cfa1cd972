select
  t.currency,
  t.kind,
  count(*) as lines,
  min(t.at) as first_at,
  max(case when t.at < cast($tomorrow as timestamp) then t.at end) as last_at
from transactions t
group by t.currency, t.kind
