-- Lines that could be part of a purchase and are none, by customer.
with told as (
  select
    d.customer_id,
    d.value,
    d.lines,
    case when d.refunds > 0 then 'cancelled' else 'no_spend' end as problem
  from days d
  where not (d.value > 0 or ($free = 1 and d.value = 0 and d.refunds = 0))
)
select
  t.problem,
  cast($currency as varchar) as currency,
  t.customer_id,
  cast(sum(t.lines) as bigint) as lines,
  cast(sum(t.value) as decimal(18, 4)) as revenue
from told t
group by t.problem, t.customer_id
union all
select
  'refund_without_purchase' as problem,
  cast($currency as varchar) as currency,
  b.customer_id,
  count(*) as lines,
  cast(sum(b.revenue) as decimal(18, 4)) as revenue
from booked_refunds b
where b.bought_on is null
group by b.customer_id
