select
  'transactions' as line_from,
  l.transaction_id as line_id,
  l.customer_id,
  l.at,
  case when l.kind in ('sale', 'refund') then 'revenue' else l.kind end as kind,
  l.revenue as amount,
  l.transaction_id,
  cast(null as varchar) as event_id,
  false as explicit_zero
from profit_lines l
union all
select
  'product_costs' as line_from,
  l.transaction_id as line_id,
  l.customer_id,
  l.at,
  'product' as kind,
  -l.product_cost as amount,
  l.transaction_id,
  cast(null as varchar) as event_id,
  false as explicit_zero
from profit_lines l
where l.product_cost is not null and l.cost_from in ('line', 'unit_cost')
union all
select
  e.entry_table as line_from,
  e.entry_id as line_id,
  e.customer_id,
  e.at,
  e.kind,
  case when e.entry_table = 'cost_entries' then -e.amount else e.amount end as amount,
  e.transaction_id,
  e.event_id,
  false as explicit_zero
from entries e
where e.status = 'counted'
union all
select
  'interactions' as line_from,
  i.event_id as line_id,
  i.customer_id,
  i.at,
  'none' as kind,
  cast(0 as decimal(18, 4)) as amount,
  cast(null as varchar) as transaction_id,
  i.event_id,
  true as explicit_zero
from interactions i
left join (
  select b.event_id from entries b where b.status = 'counted' and b.event_id is not null group by b.event_id
) e on e.event_id = i.event_id
where e.event_id is null and i.at < $until
