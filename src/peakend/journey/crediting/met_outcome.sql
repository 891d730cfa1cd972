select j.customer_id, j.journey_id
from judged j
where j.converted = 1
