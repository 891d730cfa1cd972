with priced as (
  select
    q.activity_id,
    q.period_on,
    q.customer_id,
    q.quantity,
    s.amount,
    s.more,
    cast(q.quantity as double) * s.minutes as minutes
  from customer_quantities q
  join quantity_shares s
    on s.activity_id = q.activity_id and s.period_on = q.period_on and s.quantity = q.quantity
  where q.customer_id is not null
),
numbered as (
  select
    p.customer_id,
    p.amount,
    p.more,
    p.minutes,
    row_number() over (
      partition by p.activity_id, p.period_on, p.quantity order by p.customer_id
    ) as place
  from priced p
  where p.more > 0
),
parts as (
  select p.customer_id, p.amount, p.minutes
  from priced p
  where p.more = 0
  union all
  select
    n.customer_id,
    n.amount + case when n.place <= n.more then cast(0.0001 as decimal(18, 4)) else cast(0 as decimal(18, 4)) end as amount,
    n.minutes
  from numbered n
)
select
  p.customer_id,
  cast(sum(p.amount) as decimal(18, 4)) as cost_to_serve,
  sum(p.minutes) as minutes,
  nullif(cast($currency as varchar), '') as currency
from parts p
group by p.customer_id
