-- key: customer_id
-- What a customer brings: profit where it is known, else the value of purchases so far.
select coalesce(p.customer_id, v.customer_id) as customer_id, coalesce(p.profit, v.past_value) as worth
from customer_profit p
full join lifetime_values v on v.customer_id = p.customer_id
where coalesce(p.customer_id, v.customer_id) is not null
