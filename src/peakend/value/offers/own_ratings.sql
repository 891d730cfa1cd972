-- How customers rate us by quarter, as a share of the scale.
select
  cast(date_trunc('quarter', r.answered_at) as date) as quarter_on,
  count(*) as answers,
  sum((cast(a.score as double) - q.scale_low) / (q.scale_high - q.scale_low)) as rating,
  sum(
    (cast(a.score as double) - q.scale_low) / (q.scale_high - q.scale_low)
    * ((cast(a.score as double) - q.scale_low) / (q.scale_high - q.scale_low))
  ) as ratings
from answers a
inner join questions q on q.question_id = a.question_id
inner join responses r on r.response_id = a.response_id
where
  q.metric = 'rating'
  and q.touchpoint_id is not null
  and q.scale_high > q.scale_low
  and a.state = 'answered'
  and a.score >= q.scale_low
  and a.score <= q.scale_high
  and r.answered_at is not null
group by cast(date_trunc('quarter', r.answered_at) as date)
