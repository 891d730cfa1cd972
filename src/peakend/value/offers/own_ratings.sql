-- How customers rate us by quarter, 1 to 5: sums over responses of the mean rating in each.
-- key: quarter_on
with rated as (
  select
    a.response_id,
    cast(date_trunc('quarter', r.answered_at) as date) as quarter_on,
    avg(
      1 + 4 * (cast(a.score as double) - cast(q.scale_low as double))
      / (cast(q.scale_high as double) - cast(q.scale_low as double))
    ) as rating
  from answers a
  join questions q on q.question_id = a.question_id
  join responses r on r.response_id = a.response_id
  where
    q.metric = 'rating'
    and (q.overall or q.touchpoint_id is not null)
    and q.scale_high > q.scale_low
    and a.state = 'answered'
    and a.score >= q.scale_low
    and a.score <= q.scale_high
    and r.answered_at is not null
  group by a.response_id, cast(date_trunc('quarter', r.answered_at) as date)
)
select
  d.quarter_on,
  cast(count(*) as bigint) as responses,
  sum(d.rating) as ratings,
  sum(d.rating * d.rating) as squares
from rated d
group by d.quarter_on
order by d.quarter_on
