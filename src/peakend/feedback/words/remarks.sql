select a.response_id, a.question_id, a.choice, a.text
from answers a
join asked q on q.question_id = a.question_id
where a.state = 'answered' and (a.choice is not null or a.text is not null)
