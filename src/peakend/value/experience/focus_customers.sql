-- key: customer_id
-- Every customer with the steps of the focus they belong to, and their last answer.
with known as (
  select c.customer_id from customers c
  union
  select v.customer_id from lifetime_values v
  union
  select p.customer_id from customer_profit p where p.customer_id is not null
)
select
  k.customer_id,
  case when coalesce(p.profit, v.past_value, 0) > 0 then 1 else 0 end as valued,
  case
    when coalesce(p.profit, v.past_value, 0) > 0 and coalesce(h.high, 0) = 1 then 1
    else 0
  end as high,
  case
    when coalesce(p.profit, v.past_value, 0) > 0 and coalesce(h.high, 0) = 1 and coalesce(f.low, 0) = 1 then 1
    else 0
  end as missed,
  cast(coalesce(p.profit, v.past_value, 0) as decimal(18, 4)) as worth,
  l.score
from known k
left join customer_profit p on p.customer_id = k.customer_id
left join lifetime_values v on v.customer_id = k.customer_id
left join high_value h on h.customer_id = k.customer_id
left join latest l on l.customer_id = k.customer_id
left join factor_misses f on f.customer_id = k.customer_id
