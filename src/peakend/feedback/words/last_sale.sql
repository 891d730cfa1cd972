select t.currency, max(t.at) as last_at
from transactions t
where t.kind in ('sale', 'refund')
group by t.currency
