with people as (
  select u.customer_id
  from used u
  group by u.customer_id
),
numbered as (
  select p.customer_id, cast(row_number() over (order by p.customer_id) as bigint) as number
  from people p
)
select n.customer_id, n.number * 1583458089 % 2147483647 % $groups as batch
from numbered n
