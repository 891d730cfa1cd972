select
  p.high,
  p.touchpoint_id,
  count(*) as customers,
  sum(p.rating) as rating,
  sum(p.whole) as whole,
  sum(p.rating * p.rating) as ratings,
  sum(p.whole * p.whole) as wholes,
  sum(p.rating * p.whole) as products
from pairs p
group by p.high, p.touchpoint_id
