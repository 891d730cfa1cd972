select
  o.transaction_id, o.customer_id, o.product_id, o.at, o.step, o.quantity, o.amount, o.bought_on, o.alike
from still_open o
where o.quantity > 0
