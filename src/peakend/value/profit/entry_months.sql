select
  cast(date_trunc('month', e.at) as date) as month_on,
  e.kind,
  e.bearer,
  e.status,
  count(*) as lines,
  cast(sum(e.amount) as decimal(18, 4)) as amount
from entries e
group by cast(date_trunc('month', e.at) as date), e.kind, e.bearer, e.status
