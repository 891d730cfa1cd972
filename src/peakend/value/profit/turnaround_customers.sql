with best as (
  select
    o.customer_id,
    min(case when o.profit_after >= 0 then o.lever_place end) as place,
    max(o.profit_after) as most
  from lever_outcomes o
  group by o.customer_id
)
select o.customer_id, o.profit_before, o.profit_after, s.lever_set as smallest_set
from lever_outcomes o
join best b on b.customer_id = o.customer_id
left join lever_outcomes s on s.customer_id = b.customer_id and s.lever_place = b.place
where
  ($feasible = 1 and o.lever_set = $lever_set and o.profit_after >= 0)
  or ($feasible = 0 and b.place is null and o.lever_set = $lever_set)
