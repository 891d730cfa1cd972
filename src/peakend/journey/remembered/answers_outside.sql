select q.question_id, q.scale_low, q.scale_high, a.score, count(*) as answers
from answers a
join questions q on q.question_id = a.question_id
where
  a.state = 'answered'
  and q.metric in ('nps', 'csat', 'ces', 'rating')
  and q.scale_high > q.scale_low
  and (a.score < q.scale_low or a.score > q.scale_high)
group by q.question_id, q.scale_low, q.scale_high, a.score
order by q.question_id, a.score
