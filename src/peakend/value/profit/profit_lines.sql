with costed_by_entry as (
  select e.transaction_id
  from entries e
  where e.kind = 'product' and e.status = 'counted' and e.transaction_id is not null
  group by e.transaction_id
)
select
  t.transaction_id,
  t.order_id,
  t.customer_id,
  t.product_id,
  t.at,
  t.kind,
  t.channel,
  t.site_id,
  t.quantity,
  t.revenue,
  t.discount,
  case
    when t.cost is not null then t.cost
    when t.kind in ('fee', 'adjustment') or e.transaction_id is not null then cast(0 as decimal(18, 4))
    when t.kind = 'refund'
      then cast(cast(-abs(t.quantity) as decimal(18, 4)) * p.unit_cost as decimal(18, 4))
    else cast(cast(t.quantity as decimal(18, 4)) * p.unit_cost as decimal(18, 4))
  end as product_cost,
  case
    when t.cost is not null then 'line'
    when t.kind in ('fee', 'adjustment') then 'none'
    when e.transaction_id is not null then 'entry'
    when p.unit_cost is not null and t.quantity is not null then 'unit_cost'
    else 'unknown'
  end as cost_from
from transactions t
left join products p on p.product_id = t.product_id and coalesce(p.currency, t.currency) = t.currency
left join costed_by_entry e on e.transaction_id = t.transaction_id
where t.currency = $currency and t.at < $until
