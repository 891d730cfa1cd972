with placed as (
  select
    ntile(10) over (order by v.past_value, v.customer_id) as past_decile,
    ntile(10) over (order by v.lifetime_value, v.customer_id) as lifetime_decile
  from lifetime_values v
)
select
  cast(p.past_decile as bigint) as past_decile,
  cast(p.lifetime_decile as bigint) as lifetime_decile,
  count(*) as customers
from placed p
group by p.past_decile, p.lifetime_decile
