with placed as (
  select
    p.customer_id,
    p.profit,
    p.revenue,
    p.cost_to_serve,
    p.rank,
    p.decile,
    p.is_high_value,
    cast(ceil(100 * cast(p.rank as double) / count(*) over ()) as bigint) as percentile,
    sum(p.profit) over (
      order by p.rank, p.customer_id rows between unbounded preceding and current row
    ) as running,
    count(*) over () as n,
    sum(case when p.profit > 0 then p.profit end) over () as gained
  from customer_profit p
)
select p.customer_id, p.profit, p.revenue, p.cost_to_serve, p.rank
from placed p
where
  ($what = 'percentile' and p.percentile = $number)
  or ($what = 'decile' and p.decile = $number)
  or ($what = 'unprofitable' and p.profit < 0)
  or ($what = 'profitable' and p.profit > 0)
  or ($what = 'break_even' and p.profit = 0)
  or $what = 'everybody'
  or ($what = 'customers' and p.profit > 0 and cast(p.rank - 1 as double) < $share * p.n)
  or (
    $what = 'profit' and p.profit > 0
    and cast(p.running - p.profit as double) < $share * cast(p.gained as double)
  )
