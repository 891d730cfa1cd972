select v.customer_id, v.lifetime_value, v.past_value, v.probability_alive
from lifetime_values v
left join lifetime_tiers_before b on b.customer_id = v.customer_id
where coalesce(b.tier, 'new') = $from_tier and v.tier = $to_tier
