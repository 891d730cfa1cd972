select p.customer_id, p.cohort_on, max(p.period_on) as period_on
from periods p
group by p.customer_id, p.cohort_on
