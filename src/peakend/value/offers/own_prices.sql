-- Our mean price by product and quarter, from sales; months of a quarter by their first day.
select
  t.product_id,
  cast(date_trunc('quarter', t.at) as date) as quarter_on,
  count(*) as lines,
  sum(cast(t.unit_price as double)) as prices
from transactions t
where t.kind = 'sale' and t.unit_price > 0 and t.product_id is not null and t.currency = $currency
group by t.product_id, cast(date_trunc('quarter', t.at) as date)
