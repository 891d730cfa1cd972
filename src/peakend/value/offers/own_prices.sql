-- What we charge by product and quarter: the mean price of a line sold.
-- key: product_id, quarter_on
select
  t.product_id,
  cast(date_trunc('quarter', t.at) as date) as quarter_on,
  cast(sum(cast(t.unit_price as decimal(18, 4))) as double) / cast(count(*) as double) as price
from transactions t
where t.kind = 'sale' and t.unit_price > 0 and t.product_id is not null and t.currency = $currency
group by t.product_id, cast(date_trunc('quarter', t.at) as date)
