-- What a touchpoint was rated in the same response as the whole, on a scale from 0 to 1.
with rated as (
  select
    a.response_id,
    q.touchpoint_id,
    avg((cast(a.score as double) - q.scale_low) / (q.scale_high - q.scale_low)) as rating
  from answers a
  inner join questions q on q.question_id = a.question_id
  where
    q.metric = 'rating'
    and q.touchpoint_id is not null
    and q.scale_high > q.scale_low
    and a.state = 'answered'
    and a.score >= q.scale_low
    and a.score <= q.scale_high
  group by a.response_id, q.touchpoint_id
)
select
  l.customer_id,
  r.touchpoint_id,
  r.rating,
  cast(l.score as double) / 10 as whole,
  coalesce(h.high, 0) as high
from latest l
inner join rated r on r.response_id = l.response_id
left join high_value h on h.customer_id = l.customer_id
