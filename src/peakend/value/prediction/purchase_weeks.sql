-- Purchases by week since the first of all.
with placed as (
  select date_diff('day', cast($begins_on as date), cast(d.bought_on as date)) as day
  from days d
  where d.value > 0
)
select cast(floor(cast(p.day as double) / 7) as bigint) as week, count(*) as purchases
from placed p
group by cast(floor(cast(p.day as double) / 7) as bigint)
