select b.customer_id, b.potential, b.recent_value
from bands b
where $band = 'total' or b.band = $band
