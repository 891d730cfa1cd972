-- One row a customer and day: what was bought that day, less the refunds of it.
select
  t.customer_id,
  cast(t.at as date) as bought_on,
  cast(sum(t.revenue) as decimal(18, 4)) as value,
  count(*) as lines,
  cast(0 as bigint) as refunds
from transactions t
where
  t.kind = 'sale'
  and t.customer_id is not null
  and t.currency = $currency
  and t.revenue is not null
  and t.at < cast($until as timestamp)
group by t.customer_id, cast(t.at as date)
