-- What became of the lines that could be part of a purchase, by customer where they are none.
with kept as (
  select
    d.customer_id,
    d.value,
    d.lines,
    case
      when d.value > 0 or ($free = 1 and d.value = 0 and d.refunds = 0) then h.customer_id is null
    end as dropped,
    d.refunds
  from days d
  left join histories h on h.customer_id = d.customer_id
),
told as (
  select
    k.customer_id,
    k.value,
    k.lines,
    case
      when k.dropped is null and k.refunds > 0 then 'cancelled'
      when k.dropped is null then 'no_spend'
      when k.dropped then 'left_truncated'
      else 'used'
    end as problem
  from kept k
)
select
  t.problem,
  cast($currency as varchar) as currency,
  case when t.problem <> 'used' then t.customer_id end as customer_id,
  cast(sum(t.lines) as bigint) as lines,
  cast(sum(t.value) as decimal(18, 4)) as revenue
from told t
group by t.problem, case when t.problem <> 'used' then t.customer_id end
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
