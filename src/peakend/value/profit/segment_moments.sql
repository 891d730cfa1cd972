with members as (
  select c.cut, c.cell, p.profit, p.revenue, p.cost_to_serve, cast(p.profit as double) as x
  from profit_cells c
  join customer_profit p on p.customer_id = c.customer_id
),
means as (
  select m.cut, m.cell, avg(m.x) as centre
  from members m
  group by m.cut, m.cell
)
select
  m.cut,
  m.cell,
  count(*) as n,
  cast(sum(m.profit) as decimal(18, 4)) as profit,
  cast(sum(m.revenue) as decimal(18, 4)) as revenue,
  cast(sum(m.cost_to_serve) as decimal(18, 4)) as cost_to_serve,
  cast(sum(case when m.profit < 0 then 1 else 0 end) as bigint) as unprofitable,
  cast(sum(case when m.profit < 0 then m.profit else 0 end) as decimal(18, 4)) as lost,
  sum((m.x - a.centre) * (m.x - a.centre)) as squares,
  sum((m.x - a.centre) * (m.x - a.centre) * (m.x - a.centre)) as cubes
from members m
join means a on a.cut = m.cut and a.cell = m.cell
group by m.cut, m.cell
