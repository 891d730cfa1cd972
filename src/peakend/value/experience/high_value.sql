-- key: customer_id
-- Platinum and gold: the fifth with the highest lifetime value.
select v.customer_id, case when v.tier = 'platinum' or v.tier = 'gold' then 1 else 0 end as high
from lifetime_values v
