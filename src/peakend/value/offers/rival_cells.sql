-- By competitor, product and quarter: means of their price and rating beside our price.
-- key: competitor_id, product_id, quarter_on
select
  r.competitor_id,
  r.product_id,
  r.category,
  r.quarter_on,
  cast(count(*) as bigint) as prices,
  avg(r.price) as price,
  avg(r.rating) as rating,
  max(r.own_price) as own_price,
  cast(max(r.from_sales) as bigint) as from_sales
from rival_rows r
where r.problem is null
group by r.competitor_id, r.product_id, r.category, r.quarter_on
order by r.competitor_id, r.product_id, r.quarter_on
