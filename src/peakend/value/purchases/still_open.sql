-- What the amounts left unpaired, to be paired by quantity.
select
  p.transaction_id, p.customer_id, p.product_id, p.at, p.step, p.quantity, p.amount, p.bought_on,
  p.quantity as alike
from by_amount p
where (p.step = 1 and coalesce(p.next_step, 1) = 1) or (p.step = -1 and p.depth = 0)
