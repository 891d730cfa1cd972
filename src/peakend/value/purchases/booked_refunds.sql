-- Every refund and the day of the purchase it cancels (null: there is none). One with the number of an order
-- of the customer belongs to that order. Any other cancels the latest earlier sale of the same customer and
-- product that is still open: of the same amount, else of the same quantity.
select r.customer_id, r.first_on as bought_on, r.revenue, 'order' as found_by
from refunds r
where r.first_on is not null
union all
select p.customer_id, p.cancels_on as bought_on, -p.amount as revenue, 'amount' as found_by
from by_amount p
where p.step = -1 and p.depth > 0
union all
select
  p.customer_id,
  case when p.depth > 0 then p.cancels_on end as bought_on,
  -p.amount as revenue,
  case when p.depth > 0 then 'quantity' else 'nothing' end as found_by
from by_quantity p
where p.step = -1
union all
select o.customer_id, cast(null as date) as bought_on, -o.amount as revenue, 'nothing' as found_by
from still_open o
where o.step = -1 and coalesce(o.quantity, 0) <= 0
