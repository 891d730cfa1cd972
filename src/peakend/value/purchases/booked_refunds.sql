-- Every refund and the day of the purchase it cancels (null: there is none). One with the number of an order
-- of the customer belongs to that order. Any other cancels the latest earlier sale of the same customer and
-- product that is still open: of the same amount, else of the same quantity. Sales open and refunds close like
-- brackets: at each depth they alternate, so the row before a refund at its depth is the sale it cancels.
with refunds as (
  select
    t.transaction_id,
    t.order_id,
    t.customer_id,
    coalesce(t.product_id, '') as product_id,
    t.at,
    t.quantity,
    t.revenue,
    o.first_on
  from transactions t
  left join refunded_orders o on o.customer_id = t.customer_id and o.order_id = t.order_id
  where
    t.kind = 'refund'
    and t.customer_id is not null
    and t.currency = $currency
    and t.revenue <= 0
    and t.at < cast($until as timestamp)
),
loose as (
  select r.customer_id, r.product_id
  from refunds r
  where r.first_on is null
  group by r.customer_id, r.product_id
),
spoken_for as (
  select r.customer_id, r.order_id, r.product_id, r.revenue
  from refunds r
  where r.first_on is not null
  group by r.customer_id, r.order_id, r.product_id, r.revenue
),
lines as (
  select
    t.transaction_id,
    t.customer_id,
    l.product_id,
    t.at,
    1 as step,
    t.quantity as quantity,
    t.revenue as amount,
    coalesce(o.first_on, cast(t.at as date)) as bought_on
  from transactions t
  inner join loose l on l.customer_id = t.customer_id and l.product_id = coalesce(t.product_id, '')
  left join refunded_orders o on o.customer_id = t.customer_id and o.order_id = t.order_id
  left join spoken_for s
    on s.customer_id = t.customer_id
    and s.order_id = t.order_id
    and s.product_id = l.product_id
    and s.revenue = -t.revenue
  where
    t.kind = 'sale'
    and t.currency = $currency
    and t.revenue > 0
    and t.at < cast($until as timestamp)
    and s.customer_id is null
  union all
  select
    r.transaction_id,
    r.customer_id,
    r.product_id,
    r.at,
    -1 as step,
    -r.quantity as quantity,
    -r.revenue as amount,
    cast(null as date) as bought_on
  from refunds r
  where r.first_on is null
),
amount_balance as (
  select
    l.transaction_id, l.customer_id, l.product_id, l.at, l.step, l.quantity, l.amount, l.bought_on,
    sum(l.step) over (
      partition by l.customer_id, l.product_id, l.amount
      order by l.at, l.step desc, l.bought_on, l.transaction_id
      rows between unbounded preceding and current row
    ) as balance
  from lines l
),
amount_floor as (
  select
    b.transaction_id, b.customer_id, b.product_id, b.at, b.step, b.quantity, b.amount, b.bought_on, b.balance,
    coalesce(min(b.balance) over (
      partition by b.customer_id, b.product_id, b.amount
      order by b.at, b.step desc, b.bought_on, b.transaction_id
      rows between unbounded preceding and 1 preceding
    ), 0) as lowest
  from amount_balance b
),
amount_depth as (
  select
    f.transaction_id, f.customer_id, f.product_id, f.at, f.step, f.quantity, f.amount, f.bought_on,
    case
      when f.step = 1 then f.balance - least(f.lowest, 0)
      when f.balance < least(f.lowest, 0) then 0
      else f.balance - least(f.lowest, 0) + 1
    end as depth
  from amount_floor f
),
amount_pairs as (
  select
    d.transaction_id, d.customer_id, d.product_id, d.at, d.step, d.quantity, d.amount, d.bought_on, d.depth,
    lag(d.bought_on) over (
      partition by d.customer_id, d.product_id, d.amount, d.depth
      order by d.at, d.step desc, d.bought_on, d.transaction_id
    ) as cancels_on,
    lead(d.step) over (
      partition by d.customer_id, d.product_id, d.amount, d.depth
      order by d.at, d.step desc, d.bought_on, d.transaction_id
    ) as next_step
  from amount_depth d
),
still_open as (
  select p.transaction_id, p.customer_id, p.product_id, p.at, p.step, p.quantity, p.amount, p.bought_on
  from amount_pairs p
  where (p.step = 1 and coalesce(p.next_step, 1) = 1) or (p.step = -1 and p.depth = 0)
),
quantity_balance as (
  select
    l.transaction_id, l.customer_id, l.product_id, l.at, l.step, l.quantity, l.amount, l.bought_on,
    sum(l.step) over (
      partition by l.customer_id, l.product_id, l.quantity
      order by l.at, l.step desc, l.bought_on, l.transaction_id
      rows between unbounded preceding and current row
    ) as balance
  from still_open l
  where l.quantity > 0
),
quantity_floor as (
  select
    b.transaction_id, b.customer_id, b.product_id, b.at, b.step, b.quantity, b.amount, b.bought_on, b.balance,
    coalesce(min(b.balance) over (
      partition by b.customer_id, b.product_id, b.quantity
      order by b.at, b.step desc, b.bought_on, b.transaction_id
      rows between unbounded preceding and 1 preceding
    ), 0) as lowest
  from quantity_balance b
),
quantity_depth as (
  select
    f.transaction_id, f.customer_id, f.product_id, f.at, f.step, f.quantity, f.amount, f.bought_on,
    case
      when f.step = 1 then f.balance - least(f.lowest, 0)
      when f.balance < least(f.lowest, 0) then 0
      else f.balance - least(f.lowest, 0) + 1
    end as depth
  from quantity_floor f
),
quantity_pairs as (
  select
    d.transaction_id, d.customer_id, d.product_id, d.at, d.step, d.quantity, d.amount, d.depth,
    lag(d.bought_on) over (
      partition by d.customer_id, d.product_id, d.quantity, d.depth
      order by d.at, d.step desc, d.bought_on, d.transaction_id
    ) as cancels_on
  from quantity_depth d
)
select r.customer_id, r.first_on as bought_on, r.revenue, 'order' as found_by
from refunds r
where r.first_on is not null
union all
select p.customer_id, p.cancels_on as bought_on, -p.amount as revenue, 'amount' as found_by
from amount_pairs p
where p.step = -1 and p.depth > 0
union all
select
  p.customer_id,
  case when p.depth > 0 then p.cancels_on end as bought_on,
  -p.amount as revenue,
  case when p.depth > 0 then 'quantity' else 'nothing' end as found_by
from quantity_pairs p
where p.step = -1
union all
select o.customer_id, cast(null as date) as bought_on, -o.amount as revenue, 'nothing' as found_by
from still_open o
where o.step = -1 and coalesce(o.quantity, 0) <= 0
