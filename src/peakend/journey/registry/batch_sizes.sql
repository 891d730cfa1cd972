with numbered as (
  select p.customer_id, row_number() over (order by p.customer_id) as number
  from people p
)
select n.number * 1583458089 % 2147483647 % $groups as batch, count(*) as customers
from numbered n
group by n.number * 1583458089 % 2147483647 % $groups
