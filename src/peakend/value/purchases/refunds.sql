-- Every refund, and the day of the order it names (null: it names none of the customer's).
select
  t.transaction_id,
  t.order_id,
  t.customer_id,
  coalesce(t.product_id, '') as product_id,
  t.at,
  t.quantity,
  t.revenue,
  o.first_on
from transactions t
left join refunded_orders o on o.customer_id = t.customer_id and o.order_id = t.order_id
where
  t.kind = 'refund'
  and t.customer_id is not null
  and t.currency = $currency
  and t.revenue <= 0
  and t.at < cast($until as timestamp)
