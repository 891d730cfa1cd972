-- Orders that a refund names, and the day they count on: that of their first sale.
with named as (
  select t.customer_id, t.order_id
  from transactions t
  where
    t.kind = 'refund'
    and t.customer_id is not null
    and t.order_id is not null
    and t.currency = $currency
    and t.revenue <= 0
    and t.at < cast($until as timestamp)
  group by t.customer_id, t.order_id
)
select t.customer_id, t.order_id, min(cast(t.at as date)) as first_on
from transactions t
inner join named n on n.customer_id = t.customer_id and n.order_id = t.order_id
where
  t.kind = 'sale'
  and t.currency = $currency
  and t.revenue is not null
  and t.at < cast($until as timestamp)
group by t.customer_id, t.order_id
