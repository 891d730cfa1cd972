select
  s.cohort_on,
  s.entry_product,
  s.entry_channel,
  count(*) as customers,
  cast(sum(s.bought) as bigint) as bought,
  cast(sum(coalesce(c.cost_to_serve, 0)) as decimal(18, 4)) as served
from customer_starts s
left join service_costs c on c.customer_id = s.customer_id
group by s.cohort_on, s.entry_product, s.entry_channel
