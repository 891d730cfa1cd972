select
  c.competitor_id,
  c.product_id,
  cast(date_trunc('quarter', cast(c.as_of_on as timestamp)) as date) as quarter_on,
  avg(cast(c.price as double)) as price,
  avg(c.rating) as rating
from competitors c
where c.price > 0 and c.currency = $currency
group by c.competitor_id, c.product_id, cast(date_trunc('quarter', cast(c.as_of_on as timestamp)) as date)
