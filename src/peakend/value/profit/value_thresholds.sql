with placed as (
  select
    p.rank,
    p.profit,
    p.decile,
    sum(p.profit) over (
      order by p.rank, p.customer_id rows between unbounded preceding and current row
    ) as running,
    count(*) over () as n,
    sum(case when p.profit > 0 then p.profit end) over () as gained
  from customer_profit p
)
select
  h.threshold_by,
  h.share,
  count(*) as customers,
  cast(sum(p.profit) as decimal(18, 4)) as profit
from placed p
join thresholds h
  on (h.threshold_by = 'customers' and cast(p.rank - 1 as double) < h.share * p.n)
  or (
    h.threshold_by = 'profit'
    and cast(p.running - p.profit as double) < h.share * cast(p.gained as double)
  )
where p.profit > 0
group by h.threshold_by, h.share
