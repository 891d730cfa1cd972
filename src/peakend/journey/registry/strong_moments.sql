with numbered as (
  select p.customer_id, row_number() over (order by p.customer_id) as number
  from people p
),
grouped as (
  select n.customer_id, n.number * 1583458089 % 2147483647 % $groups as batch
  from numbered n
)
select
  g.batch,
  u.touchpoint_id,
  count(*) as customers,
  cast(sum(u.events) as bigint) as events,
  cast(sum(u.felt) as bigint) as felt,
  cast(sum(u.strong) as bigint) as strong
from used u
join grouped g on g.customer_id = u.customer_id
group by g.batch, u.touchpoint_id
