select v.customer_id, v.lifetime_value, v.past_value, v.probability_alive
from lifetime_values v
where $tier = 'total' or v.tier = $tier
