-- Refunds that name no order, and the sales they may cancel: of the same customer and product, but not those
-- that a refund with their number speaks for. alike: what a refund and its sale have in common, the amount.
with loose as (
  select r.customer_id, r.product_id
  from refunds r
  where r.first_on is null
  group by r.customer_id, r.product_id
),
spoken_for as (
  select r.customer_id, r.order_id, r.product_id, r.revenue
  from refunds r
  where r.first_on is not null
  group by r.customer_id, r.order_id, r.product_id, r.revenue
)
select
  t.transaction_id,
  t.customer_id,
  l.product_id,
  t.at,
  1 as step,
  t.quantity as quantity,
  t.revenue as amount,
  coalesce(o.first_on, cast(t.at as date)) as bought_on,
  t.revenue as alike
from transactions t
inner join loose l on l.customer_id = t.customer_id and l.product_id = coalesce(t.product_id, '')
left join refunded_orders o on o.customer_id = t.customer_id and o.order_id = t.order_id
left join spoken_for s
  on s.customer_id = t.customer_id
  and s.order_id = t.order_id
  and s.product_id = l.product_id
  and s.revenue = -t.revenue
where
  t.kind = 'sale'
  and t.currency = $currency
  and t.revenue > 0
  and t.at < cast($until as timestamp)
  and s.customer_id is null
union all
select
  r.transaction_id,
  r.customer_id,
  r.product_id,
  r.at,
  -1 as step,
  -r.quantity as quantity,
  -r.revenue as amount,
  cast(null as date) as bought_on,
  -r.revenue as alike
from refunds r
where r.first_on is null
