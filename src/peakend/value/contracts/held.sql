-- Contracts of any kind: holdings, or memberships where there are none.
-- key: contract_id
select
  h.holding_id as contract_id,
  h.customer_id,
  h.product_id,
  cast(h.opened_on as date) as opened_on,
  cast(h.closed_on as date) as closed_on
from holdings h
where $memberships = 0
union all
select
  m.membership_id as contract_id,
  m.customer_id,
  m.programme as product_id,
  cast(m.joined_on as date) as opened_on,
  cast(m.left_on as date) as closed_on
from memberships m
where $memberships = 1
