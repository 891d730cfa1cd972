-- Recommendation scores about the whole, of known customers, on the scale from 0 to 10.
select
  r.customer_id,
  r.response_id,
  r.answered_at,
  cast(a.score as double) as score
from answers a
inner join questions q on q.question_id = a.question_id
inner join responses r on r.response_id = a.response_id
where
  q.metric = 'nps'
  and q.overall
  and q.scale_low = 0
  and q.scale_high = 10
  and a.state = 'answered'
  and a.score >= 0
  and a.score <= 10
  and r.customer_id is not null
  and r.answered_at is not null
