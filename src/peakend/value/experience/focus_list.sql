select f.customer_id, f.worth, f.score
from focus f
where
  $step = 'all'
  or ($step = 'value' and f.valued = 1)
  or ($step = 'high_value' and f.high = 1)
  or ($step = 'key_factors' and f.missed = 1)
