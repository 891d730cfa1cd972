select
  m.entry_product,
  m.entry_channel,
  m.cohort_on,
  m.month,
  cast(sum(m.profit) as decimal(18, 4)) as profit
from customer_months m
where m.bought = 1
group by m.entry_product, m.entry_channel, m.cohort_on, m.month
