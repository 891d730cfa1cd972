select t.customer_id, cast(sum(t.revenue) as decimal(18, 4)) as revenue
from transactions t
where t.customer_id is not null and t.kind in ('sale', 'refund') and t.currency = $currency
group by t.customer_id
