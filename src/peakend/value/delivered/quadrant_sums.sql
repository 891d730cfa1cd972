select
  q.quadrant,
  count(*) as customers,
  cast(sum(q.delivered_value) as decimal(18, 4)) as delivered_value,
  cast(sum(q.worth) as decimal(18, 4)) as worth
from quadrants q
group by q.quadrant
