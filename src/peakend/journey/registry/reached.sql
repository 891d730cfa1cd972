select p.place, count(distinct c.customer_id) as customers
from customers_met c
join places p on p.touchpoint_id = c.touchpoint_id
where c.customer_id is not null
group by p.place
