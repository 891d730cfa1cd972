select h.frequency, h.recency_days, h.age_days, count(*) as customers
from histories h
group by h.frequency, h.recency_days, h.age_days
