-- key: customer_id, factor
select s.customer_id, s.factor, s.units
from said s
where s.factor is not null
union all
select c.customer_id, c.factor, c.units
from spent c
