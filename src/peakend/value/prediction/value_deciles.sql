-- What customers were predicted to spend in a window, and what they spent, by tenths of the prediction.
with later as (
  select d.customer_id, sum(d.value) as value
  from days d
  where d.bought_on > cast($from_on as date)
  group by d.customer_id
),
placed as (
  select
    v.customer_id,
    v.expected_value,
    coalesce(l.value, 0) as value,
    ntile(10) over (order by v.expected_value, v.customer_id) as decile
  from scored v
  left join later l on l.customer_id = v.customer_id
)
select
  cast(p.decile as bigint) as decile,
  count(*) as customers,
  cast(sum(p.expected_value) as decimal(18, 4)) as predicted,
  cast(sum(p.value) as decimal(18, 4)) as actual
from placed p
group by p.decile
