-- Every price of a competitor beside ours of that quarter (sales, else the list price), and what is wrong with it.
-- key: competitor_id, product_id, as_of_on
with own as (
  select
    c.competitor_id,
    c.product_id,
    c.as_of_on,
    cast(date_trunc('quarter', cast(c.as_of_on as timestamp)) as date) as quarter_on,
    coalesce(p.category, '(none)') as category,
    cast(c.price as double) as price,
    cast(c.rating as double) as rating,
    c.currency,
    coalesce(
      o.price,
      case
        when p.list_price > 0 and (p.currency is null or p.currency = $currency)
          then cast(p.list_price as double)
      end
    ) as own_price,
    case when o.price is null then 0 else 1 end as from_sales
  from competitors c
  left join products p on p.product_id = c.product_id
  left join own_prices o
    on
      o.product_id = c.product_id
      and o.quarter_on = cast(date_trunc('quarter', cast(c.as_of_on as timestamp)) as date)
)
select
  o.competitor_id,
  o.product_id,
  o.as_of_on,
  o.quarter_on,
  o.category,
  o.price,
  o.rating,
  o.own_price,
  o.from_sales,
  case
    when o.as_of_on > cast($today as date) then 'in_future'
    when o.currency is not null and o.currency <> $currency then 'other_currency'
    when o.price is null or o.price <= 0 then 'price_missing'
    when o.rating is null then 'rating_missing'
    when o.rating < 1 or o.rating > 5 then 'rating_outside_scale'
    when o.own_price is null then 'own_price_missing'
  end as problem
from own o
