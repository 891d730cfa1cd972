select h.frequency, cast(h.total_value - h.first_value as decimal(18, 4)) as repeat_value, count(*) as customers
from histories h
where h.frequency > 0
group by h.frequency, cast(h.total_value - h.first_value as decimal(18, 4))
