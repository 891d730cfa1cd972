select a.response_id, q.place, a.score
from answers a
join asked q on q.question_id = a.question_id
where a.state = 'answered' and a.score < 1e300
