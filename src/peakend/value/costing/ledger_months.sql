select
  cast(date_trunc('month', l.period_on) as date) as month_on,
  cast(sum(l.amount) as decimal(18, 4)) as amount
from ledger_totals l
where l.kind = 'service' and l.currency = $currency
group by cast(date_trunc('month', l.period_on) as date)
