-- One row a customer and day: what was bought that day, less the refunds of it.
with pieces as (
  select t.customer_id, coalesce(o.first_on, cast(t.at as date)) as bought_on, t.revenue, 0 as refund
  from transactions t
  left join refunded_orders o on o.customer_id = t.customer_id and o.order_id = t.order_id
  where
    t.kind = 'sale'
    and t.customer_id is not null
    and t.currency = $currency
    and t.revenue is not null
    and t.at < cast($until as timestamp)
  union all
  select b.customer_id, b.bought_on, b.revenue, 1 as refund
  from booked_refunds b
  where b.bought_on is not null
)
select
  p.customer_id,
  p.bought_on,
  cast(sum(p.revenue) as decimal(18, 4)) as value,
  count(*) as lines,
  cast(sum(p.refund) as bigint) as refunds
from pieces p
group by p.customer_id, p.bought_on
