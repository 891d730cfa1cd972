with given as (
  select
    a.question_id,
    a.score,
    r.response_id,
    r.customer_id,
    coalesce(r.event_id, '') as event_id,
    r.answered_at
  from answers a
  join questions q on q.question_id = a.question_id
  join responses r on r.response_id = a.response_id
  where
    a.state = 'answered'
    and a.score is not null
    and q.metric in ('nps', 'csat', 'ces', 'rating')
    and r.customer_id is not null
    and r.answered_at is not null
),
numbered as (
  select
    g.question_id,
    g.customer_id,
    g.event_id,
    g.score,
    g.answered_at,
    row_number() over (
      partition by g.question_id, g.customer_id, g.event_id
      order by g.answered_at, g.response_id
    ) as place
  from given g
)
select f.question_id, f.customer_id, f.event_id, f.score as first_score, s.score as second_score
from numbered f
join numbered s
  on s.question_id = f.question_id
  and s.customer_id = f.customer_id
  and s.event_id = f.event_id
where
  f.place = 1
  and s.place = 2
  and epoch_us(s.answered_at) - epoch_us(f.answered_at) <= 2592000000000
