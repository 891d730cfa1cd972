select
  date_diff('day', cast($begins_on as date), cast(h.first_on as date)) as day,
  count(*) as customers
from histories h
group by date_diff('day', cast($begins_on as date), cast(h.first_on as date))
