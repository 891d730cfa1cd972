with answered as (
  select a.response_id, a.question_id, cast(a.score - q.low as double) / q.span as x
  from answers a
  join asked q on q.question_id = a.question_id
  where a.state = 'answered' and a.score < 1e300 and q.span > 0
),
whole as (
  select response_id, sum(x) as total, count(*) as n
  from answered
  group by response_id
),
beside as (
  select a.response_id, a.question_id, a.x, cast(w.total - a.x as double) / (w.n - 1) as rest
  from answered a
  join whole w on w.response_id = a.response_id
  where w.n > 1
)
select
  r.survey_id,
  r.month_on,
  b.question_id,
  count(*) as n,
  sum(b.x) as x,
  sum(b.rest) as y,
  sum(b.x * b.x) as xx,
  sum(b.rest * b.rest) as yy,
  sum(b.x * b.rest) as xy
from beside b
join respondents r on r.response_id = b.response_id
group by r.survey_id, r.month_on, b.question_id
