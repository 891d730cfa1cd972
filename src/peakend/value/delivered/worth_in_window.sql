-- key: customer_id
-- What a customer brought in a window: margin (revenue where the cost is not known) less posted costs.
with pieces as (
  select t.customer_id, t.revenue - coalesce(t.cost, 0) as amount
  from transactions t
  where
    t.customer_id is not null
    and t.currency = $currency
    and t.at >= cast($from_at as timestamp)
    and t.at < cast($to_at as timestamp)
  union all
  select c.customer_id, -c.amount as amount
  from cost_entries c
  where
    c.customer_id is not null
    and c.currency = $currency
    and coalesce(c.status, 'posted') = 'posted'
    and c.at >= cast($from_at as timestamp)
    and c.at < cast($to_at as timestamp)
)
select p.customer_id, cast(sum(p.amount) as decimal(18, 4)) as worth
from pieces p
group by p.customer_id
