select u.customer_id
from used u
group by u.customer_id
