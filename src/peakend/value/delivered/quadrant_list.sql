select q.customer_id, q.delivered_value, q.worth
from quadrants q
where q.quadrant = $quadrant
