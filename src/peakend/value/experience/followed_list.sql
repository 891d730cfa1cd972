select s.customer_id, s.score, s.spent_after
from stratified s
where s.feeling = $feeling
