-- One row a customer; days of which nothing is left are no purchases. Bought nothing: not here.
with kept as (
  select d.customer_id, d.bought_on, d.value, d.lines
  from days d
  where d.value > 0 or ($free = 1 and d.value = 0 and d.refunds = 0)
),
firsts as (
  select k.customer_id, min(k.bought_on) as first_on
  from kept k
  group by k.customer_id
)
select
  k.customer_id,
  cast(count(*) - 1 as bigint) as frequency,
  f.first_on,
  max(k.bought_on) as last_on,
  cast(sum(case when k.bought_on = f.first_on then k.value else 0 end) as decimal(18, 4)) as first_value,
  cast(sum(k.value) as decimal(18, 4)) as total_value,
  cast(sum(k.lines) as bigint) as lines
from kept k
inner join firsts f on f.customer_id = k.customer_id
group by k.customer_id, f.first_on
