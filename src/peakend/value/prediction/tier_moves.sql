select
  coalesce(b.tier, 'new') as from_tier,
  v.tier as to_tier,
  count(*) as customers,
  max(b.as_of_on) as from_on,
  max(v.as_of_on) as to_on
from lifetime_values v
left join lifetime_tiers_before b on b.customer_id = v.customer_id
group by coalesce(b.tier, 'new'), v.tier
