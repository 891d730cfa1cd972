-- key: customer_id
-- Customers who rated one of the key factors at or below the middle of its scale.
select p.customer_id, 1 as low
from pairs p
inner join key_factors k on k.touchpoint_id = p.touchpoint_id
where p.rating <= 0.5
group by p.customer_id
