select a.question_id, a.choice, a.attributes, count(*) as n
from answers a
join asked q on q.question_id = a.question_id
where a.state = 'answered' and a.choice is not null and a.attributes is not null
group by a.question_id, a.choice, a.attributes
