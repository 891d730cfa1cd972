select l.customer_id, l.score, l.answered_at
from latest l
inner join known k on k.customer_id = l.customer_id
where l.feeling = $feeling
