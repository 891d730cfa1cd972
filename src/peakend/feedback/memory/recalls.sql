with recalled as (
  select
    a.response_id,
    max(case when q.dimension = 'recall' then lower(trim(a.choice)) end) as recall,
    max(case when q.dimension = 'attribution' then lower(trim(a.choice)) end) as attribution
  from answers a
  join questions q on q.question_id = a.question_id
  where a.state = 'answered' and q.metric = 'choice' and q.dimension in ('recall', 'attribution')
  group by a.response_id
),
asked as (
  select c.response_id, c.recall, c.attribution, r.survey_id, r.customer_id, r.event_id, r.answered_at
  from recalled c
  join responses r on r.response_id = c.response_id
  where c.recall is not null
),
judged as (
  select
    k.response_id,
    avg(cast(a.score - q.scale_low as double) / (q.scale_high - q.scale_low)) as quality,
    min(r.answered_at) as first_at
  from asked k
  join responses r on r.event_id = k.event_id and r.customer_id = k.customer_id
  join answers a on a.response_id = r.response_id
  join questions q on q.question_id = a.question_id
  where r.answered_at < k.answered_at and a.state = 'answered' and q.overall and q.scale_high > q.scale_low
  group by k.response_id
)
select
  k.response_id,
  k.survey_id,
  k.recall,
  k.attribution,
  j.quality,
  cast(epoch_us(k.answered_at) - epoch_us(j.first_at) as double) / 86400000000.0 as days
from asked k
left join judged j on j.response_id = k.response_id
