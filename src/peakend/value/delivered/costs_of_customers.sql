-- key: customer_id, factor
-- What an order cost every customer in a window beside what they said: its price net of refunds, and minutes.
with orders as (
  select
    t.customer_id,
    count(distinct case when t.kind = 'sale' then coalesce(t.order_id, t.transaction_id) end) as orders,
    sum(t.revenue) as paid
  from transactions t
  where
    t.kind in ('sale', 'refund')
    and t.customer_id is not null
    and t.currency = $currency
    and t.at >= cast($from_at as timestamp)
    and t.at < cast($to_at as timestamp)
  group by t.customer_id
),
spent as (
  select i.customer_id, sum(i.duration_s) as seconds
  from interactions i
  where
    i.customer_id is not null
    and i.duration_s >= 0
    and i.at >= cast($from_at as timestamp)
    and i.at < cast($to_at as timestamp)
  group by i.customer_id
)
select o.customer_id, 'money' as factor, cast(o.paid as double) / cast(o.orders as double) as units
from orders o
where o.orders > 0
union all
select o.customer_id, 'time' as factor, cast(s.seconds as double) / 60 / cast(o.orders as double) as units
from orders o
inner join spent s on s.customer_id = o.customer_id
where o.orders > 0
