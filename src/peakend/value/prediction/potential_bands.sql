-- key: customer_id
-- "Steady" is within a tenth of what the last horizon brought; the watch list is the tenth with most to grow by.
with placed as (
  select
    v.customer_id,
    v.recent_value,
    v.potential,
    v.currency,
    row_number() over (order by v.potential desc, v.customer_id) as place
  from lifetime_values v
),
counted as (
  select count(*) as n
  from lifetime_values v
)
select
  p.customer_id,
  p.recent_value,
  p.potential,
  p.currency,
  case
    when p.potential > 0 and 10 * p.place <= c.n then 'watch'
    when 10 * p.potential > p.recent_value and p.potential > 0 then 'growing'
    when 10 * p.potential < -p.recent_value then 'shrinking'
    else 'steady'
  end as band
from placed p
cross join counted c
