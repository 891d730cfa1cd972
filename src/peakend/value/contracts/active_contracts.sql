select a.customer_id, a.contract_id, a.product_id, a.opened_on, a.closed_on
from ages a
where
  (a.product_id = $product or $product = '(all)')
  and a.cohort_on = cast($cohort as date)
  and a.finished >= cast($age as int)
  and (a.lost_in is null or a.lost_in > cast($age as int))
