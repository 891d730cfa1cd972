with placed as (
  select
    p.profit,
    cast(ceil(100 * cast(p.rank as double) / count(*) over ()) as bigint) as percentile
  from customer_profit p
)
select
  p.percentile,
  count(*) as customers,
  cast(sum(p.profit) as decimal(18, 4)) as profit,
  cast(sum(case when p.profit > 0 then 1 else 0 end) as bigint) as profitable,
  cast(sum(case when p.profit > 0 then p.profit else 0 end) as decimal(18, 4)) as gained,
  cast(sum(case when p.profit < 0 then 1 else 0 end) as bigint) as unprofitable,
  cast(sum(case when p.profit < 0 then p.profit else 0 end) as decimal(18, 4)) as lost,
  sum(cast(p.profit as double) * cast(p.profit as double)) as squares,
  sum(case when p.profit > 0 then cast(p.profit as double) * cast(p.profit as double) else 0 end)
    as gained_squares
from placed p
group by p.percentile
