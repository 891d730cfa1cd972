with repeats as (
  select h.frequency, cast(h.total_value - h.first_value as decimal(18, 4)) as value
  from histories h
  where h.frequency > 0
)
select r.frequency, cast(r.value as double) as repeat_value, count(*) as customers
from repeats r
group by r.frequency, r.value
