select
  a.contract_id,
  a.customer_id,
  a.product_id,
  a.opened_on,
  r.renewals,
  r.next_retention,
  r.residual_terms,
  r.terms_in_horizon,
  r.residual_value,
  r.currency,
  r.model,
  cast($as_of as date) as as_of_on
from ages a
join residuals r on r.product_id = a.product_id and r.renewals = a.finished
where a.lost_in is null
