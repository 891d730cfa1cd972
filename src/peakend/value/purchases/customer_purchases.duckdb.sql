-- As the portable file beside it, in one pass: the first day's value comes with the first day.
select
  d.customer_id,
  count(*) - 1 as frequency,
  min(d.bought_on) as first_on,
  max(d.bought_on) as last_on,
  arg_min(d.value, d.bought_on) as first_value,
  cast(sum(d.value) as decimal(18, 4)) as total_value,
  cast(sum(d.lines) as bigint) as lines
from days d
where d.value > 0 or ($free = 1 and d.value = 0 and d.refunds = 0)
group by d.customer_id
