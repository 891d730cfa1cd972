select a.customer_id, a.contract_id, a.product_id, a.opened_on
from ages a
where
  (a.product_id = $product or $product = '(all)')
  and a.finished = cast($renewals as int)
  and a.lost_in is null
