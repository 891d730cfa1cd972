-- Customers with a wallet on two days in a row (of those on which anybody was asked): sums of their changes.
with days as (
  select c.category, c.as_of_on
  from customer_wallets c
  where c.stated_share is not null
  group by c.category, c.as_of_on
),
pairs as (
  select
    d.category,
    d.as_of_on,
    lag(d.as_of_on) over (partition by d.category order by d.as_of_on) as before_on
  from days d
),
changed as (
  select
    p.category,
    p.before_on,
    p.as_of_on,
    n.stated_share - b.stated_share as change,
    n.own_spend as own_now,
    n.total_spend as total_now,
    b.own_spend as own_before,
    b.total_spend as total_before
  from pairs p
  join customer_wallets n on n.category = p.category and n.as_of_on = p.as_of_on
  join customer_wallets b
    on b.category = p.category and b.as_of_on = p.before_on and b.customer_id = n.customer_id
  where n.stated_share is not null and b.stated_share is not null
)
select
  c.category,
  c.before_on,
  c.as_of_on,
  cast(count(*) as bigint) as n,
  sum(c.change) as change_sum,
  sum(c.change * c.change) as change_squares,
  cast(sum(c.own_now) as decimal(18, 4)) as own_now,
  cast(sum(c.total_now) as decimal(18, 4)) as total_now,
  cast(sum(c.own_before) as decimal(18, 4)) as own_before,
  cast(sum(c.total_before) as decimal(18, 4)) as total_before
from changed c
group by c.category, c.before_on, c.as_of_on
order by c.category, c.before_on, c.as_of_on
