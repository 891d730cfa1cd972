-- Sales open and refunds close like brackets, among lines alike: at each depth they alternate, so the row before a
-- refund at its depth is the sale it cancels. Depth 0: nothing was open.
with balances as (
  select
    l.transaction_id, l.customer_id, l.product_id, l.at, l.step, l.quantity, l.amount, l.bought_on, l.alike,
    sum(l.step) over (
      partition by l.customer_id, l.product_id, l.alike
      order by l.at, l.step desc, l.bought_on, l.transaction_id
      rows between unbounded preceding and current row
    ) as balance
  from lines l
),
floors as (
  select
    b.transaction_id, b.customer_id, b.product_id, b.at, b.step, b.quantity, b.amount, b.bought_on, b.alike, b.balance,
    coalesce(min(b.balance) over (
      partition by b.customer_id, b.product_id, b.alike
      order by b.at, b.step desc, b.bought_on, b.transaction_id
      rows between unbounded preceding and 1 preceding
    ), 0) as lowest
  from balances b
),
depths as (
  select
    f.transaction_id, f.customer_id, f.product_id, f.at, f.step, f.quantity, f.amount, f.bought_on, f.alike,
    case
      when f.step = 1 then f.balance - least(f.lowest, 0)
      when f.balance < least(f.lowest, 0) then 0
      else f.balance - least(f.lowest, 0) + 1
    end as depth
  from floors f
)
select
  d.transaction_id, d.customer_id, d.product_id, d.at, d.step, d.quantity, d.amount, d.bought_on, d.alike, d.depth,
  lag(d.bought_on) over (
    partition by d.customer_id, d.product_id, d.alike, d.depth
    order by d.at, d.step desc, d.bought_on, d.transaction_id
  ) as cancels_on,
  lead(d.step) over (
    partition by d.customer_id, d.product_id, d.alike, d.depth
    order by d.at, d.step desc, d.bought_on, d.transaction_id
  ) as next_step
from depths d
