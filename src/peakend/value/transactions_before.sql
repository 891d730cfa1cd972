select
  t.transaction_id,
  t.order_id,
  t.customer_id,
  t.product_id,
  t.at,
  t.kind,
  t.quantity,
  t.revenue,
  t.currency
from transactions t
where t.at < cast($as_of as timestamp)
