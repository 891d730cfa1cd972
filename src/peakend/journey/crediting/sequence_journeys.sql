select p.customer_id, p.journey_id, cast(p.converted as bigint) as converted
from pairs_met p
where
  p.first_number = $first_number
  and p.second_number = $second_number
  and ((p.eventual = 1 and $link = 'eventual') or (p.direct = 1 and $link = 'direct'))
