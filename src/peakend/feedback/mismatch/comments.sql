select a.response_id, a.question_id, a.choice, a.text
from answers a
join questions q on q.question_id = a.question_id
where q.metric in ('choice', 'text') and a.state = 'answered' and (a.choice is not null or a.text is not null)
