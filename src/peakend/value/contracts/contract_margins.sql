-- Margin of a product's lines to those who held it then, and the days of all its contracts.
with lasting as (
  select
    a.product_id,
    cast(sum(
      date_diff(
        'day', cast(a.opened_on as date), cast(coalesce(a.closed_on, cast($as_of as date)) as date)
      )
    ) as bigint) as days
  from ages a
  group by a.product_id
),
lines as (
  select
    t.product_id,
    t.currency,
    t.customer_id,
    sum(cast(t.revenue as decimal(18, 4)) - cast(t.cost as decimal(18, 4))) as margin
  from transactions t
  where
    t.cost is not null
    -- A customer may hold a product twice; a line still counts once.
    and exists (
      select 1
      from ages a
      where
        a.customer_id = t.customer_id
        and a.product_id = t.product_id
        and cast(t."at" as date) >= a.opened_on
        and cast(t."at" as date) <= coalesce(a.closed_on, cast($as_of as date))
    )
  group by t.product_id, t.currency, t.customer_id
)
select
  l.product_id,
  l.currency,
  cast(count(*) as bigint) as customers,
  cast(sum(l.margin) as decimal(18, 4)) as margin,
  max(d.days) as days
from lines l
join lasting d on d.product_id = l.product_id
group by l.product_id, l.currency
order by l.product_id, l.currency
