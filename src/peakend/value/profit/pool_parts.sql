with dated as (
  select
    case
      when cast(date_trunc('month', p.period_on) as date) = cast(date_trunc('month', p.last_on) as date)
        then cast(date_trunc('month', p.period_on) as date)
    end as month_on,
    p.customers_cost,
    p.unidentified_cost,
    p.unused_cost,
    p.not_costed
  from pool_costs p
  where coalesce(p.currency, $currency) = $currency
)
select
  d.month_on,
  cast(sum(coalesce(d.customers_cost, 0)) as decimal(18, 4)) as customers,
  cast(sum(coalesce(d.unidentified_cost, 0)) as decimal(18, 4)) as unidentified,
  cast(sum(coalesce(d.unused_cost, 0) + coalesce(d.not_costed, 0)) as decimal(18, 4)) as unallocated
from dated d
group by d.month_on
