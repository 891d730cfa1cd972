select d.batch, count(*) as customers
from dealt d
group by d.batch
