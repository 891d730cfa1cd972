select max(t.at) as last_at
from transactions t
where t.currency = $currency and t.at <= $now
