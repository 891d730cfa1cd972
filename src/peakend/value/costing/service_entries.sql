select
  cast(date_trunc('month', e.at) as date) as month_on,
  cast(count(*) as bigint) as entries,
  cast(sum(e.amount) as decimal(18, 4)) as amount
from cost_entries e
where e.kind = 'service' and e.currency = $currency and coalesce(e.status, 'posted') = 'posted'
group by cast(date_trunc('month', e.at) as date)
