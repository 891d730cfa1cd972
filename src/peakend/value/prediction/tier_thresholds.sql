-- Nearest rank from the top: the smallest value of the first twentieth, fifth and half of the customers.
with ranked as (
  select
    v.lifetime_value,
    row_number() over (order by v.lifetime_value desc, v.customer_id) as place
  from scored v
),
counted as (
  select count(*) as n
  from scored v
)
select
  max(case when 20 * r.place >= c.n then r.lifetime_value end) as platinum,
  max(case when 5 * r.place >= c.n then r.lifetime_value end) as gold,
  max(case when 2 * r.place >= c.n then r.lifetime_value end) as iron
from ranked r
cross join counted c
