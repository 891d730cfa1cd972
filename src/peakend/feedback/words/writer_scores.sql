with wrote as (
  select m.response_id
  from remarks m
  group by m.response_id
)
select a.response_id, q.place, a.score
from answers a
join asked q on q.question_id = a.question_id
join wrote w on w.response_id = a.response_id
where a.state = 'answered' and a.score is not null
