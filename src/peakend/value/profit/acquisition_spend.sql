select
  'customers' as spent_on,
  coalesce(p.entry_product_id, '') as product,
  coalesce(p.entry_channel, '') as channel,
  cast(null as date) as month_on,
  cast(sum(p.acquisition) as decimal(18, 4)) as amount
from customer_profit p
group by coalesce(p.entry_product_id, ''), coalesce(p.entry_channel, '')
union all
select
  'campaigns' as spent_on,
  coalesce(e.product_id, '') as product,
  coalesce(e.channel, '') as channel,
  cast(date_trunc('month', e.at) as date) as month_on,
  cast(sum(e.amount) as decimal(18, 4)) as amount
from entries e
where e.kind = 'acquisition' and e.status = 'counted' and e.customer_id is null
group by coalesce(e.product_id, ''), coalesce(e.channel, ''), cast(date_trunc('month', e.at) as date)
