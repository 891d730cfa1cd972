with paying as (
  select c.customer_id, c.revenue
  from customer_revenue c
  where c.revenue > 0
),
totals as (
  select
    count(*) as n,
    sum(p.revenue) as total,
    cast(count(*) as double) as size,
    cast(sum(p.revenue) as double) as amount
  from paying p
),
ranked as (
  select
    p.revenue,
    row_number() over (order by p.revenue, p.customer_id) as place,
    sum(p.revenue) over (
      order by p.revenue, p.customer_id rows between unbounded preceding and current row
    ) as running
  from paying p
),
scaled as (
  select
    r.revenue,
    t.total,
    r.running,
    ceil(100 * cast(r.place as double) / t.size) as percentile,
    cast(r.revenue as double) / t.amount as share,
    cast(2 * r.place - t.n - 1 as double) as spread,
    (
      2 * (cast(r.place as double) * cast(r.revenue as double) - cast(r.running as double))
      + t.amount
      - t.size * cast(r.revenue as double)
    ) / t.amount as a,
    (t.amount + t.size * cast(r.revenue as double)) / t.amount as b
  from ranked r
  cross join totals t
)
select
  s.percentile,
  count(*) as customers,
  cast(sum(s.revenue) as decimal(18, 4)) as revenue,
  cast(max(s.revenue) as decimal(18, 4)) as biggest,
  sum(s.share * s.share) as squared_shares,
  sum(s.spread * s.share) as spread_shares,
  sum(s.a) as a,
  sum(s.b) as b,
  sum(s.a * s.a) as aa,
  sum(s.a * s.b) as ab,
  sum(s.b * s.b) as bb,
  cast(sum(case when 5 * (s.total - s.running) < 4 * s.total then 1 else 0 end) as bigint) as in_top_80,
  cast(sum(case when 5 * (s.total - s.running) < 4 * s.total then s.revenue else 0 end) as decimal(18, 4))
    as top_80_revenue,
  cast(sum(case when 100000 * s.revenue >= $company_ten_thousandths then 1 else 0 end) as bigint) as large,
  cast(sum(case when 100000 * s.revenue >= $company_ten_thousandths then s.revenue else 0 end) as decimal(18, 4))
    as large_revenue
from scaled s
group by s.percentile
union all
select
  cast(0 as double) as percentile,
  count(*) as customers,
  cast(sum(c.revenue) as decimal(18, 4)) as revenue,
  cast(max(c.revenue) as decimal(18, 4)) as biggest,
  cast(0 as double) as squared_shares,
  cast(0 as double) as spread_shares,
  cast(0 as double) as a,
  cast(0 as double) as b,
  cast(0 as double) as aa,
  cast(0 as double) as ab,
  cast(0 as double) as bb,
  cast(0 as bigint) as in_top_80,
  cast(0 as decimal(18, 4)) as top_80_revenue,
  cast(0 as bigint) as large,
  cast(0 as decimal(18, 4)) as large_revenue
from customer_revenue c
where c.revenue <= 0
