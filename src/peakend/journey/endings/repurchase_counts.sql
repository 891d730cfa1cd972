with sales as (
  select t.customer_id, coalesce(t.order_id, t.transaction_id) as order_id, min(t."at") as "at"
  from transactions t
  where t.kind = 'sale' and t.customer_id is not null
  group by t.customer_id, coalesce(t.order_id, t.transaction_id)
),
last_sale as (
  select max(s."at") as until_at from sales s
),
followed as (
  select
    m.customer_id,
    m.journey_id,
    m.ended_at,
    m.overall,
    row_number() over (partition by m.customer_id order by m.ended_at desc, m.journey_id desc) as newest
  from journey_memory m
  cross join last_sale l
  where
    m.overall is not null
    and m.customer_id is not null
    and epoch_us(l.until_at) - epoch_us(m.ended_at) >= $window_us
),
told as (
  select
    f.customer_id,
    f.journey_id,
    f.ended_at,
    f.overall,
    cast(count(case when s."at" <= f.ended_at then 1 end) as bigint) as before,
    max(case
      when s."at" > f.ended_at and epoch_us(s."at") - epoch_us(f.ended_at) <= $window_us then 1
      else 0
    end) as again
  from followed f
  left join sales s on s.customer_id = f.customer_id
  where f.newest = 1
  group by f.customer_id, f.journey_id, f.ended_at, f.overall
)
select
  t.customer_id,
  t.journey_id,
  t.ended_at,
  t.overall,
  case when t.before <= 1 then 0 when t.before <= 3 then 1 when t.before <= 7 then 2 else 3 end as before_band,
  case when t.overall < -0.3333 then 'low' when t.overall <= 0.3333 then 'middle' else 'high' end as band,
  t.again
from told t
