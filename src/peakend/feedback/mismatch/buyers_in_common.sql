with bought as (
  select t.customer_id, t.product_id
  from transactions t
  where t.customer_id is not null and t.product_id is not null and t.kind = 'sale'
  group by t.customer_id, t.product_id
)
select a.product_id, b.product_id as other_id, count(*) as buyers
from bought a
join bought b on b.customer_id = a.customer_id
group by a.product_id, b.product_id
