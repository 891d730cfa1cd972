with met as (
  select
    i.event_id,
    i.touchpoint_id,
    coalesce(i.channel, p.channel) as channel,
    coalesce(i.customer_id, i.event_id) as person_id,
    i.emotion
  from interactions i
  left join touchpoints p on p.touchpoint_id = i.touchpoint_id
  where i.touchpoint_id is not null
)
select
  'emotion' as measure,
  m.touchpoint_id,
  m.channel,
  m.person_id,
  cast(m.emotion as double) * 0.5 + 0.5 as value
from met m
where m.emotion is not null and m.channel is not null
union all
select
  q.metric as measure,
  m.touchpoint_id,
  m.channel,
  coalesce(r.customer_id, m.person_id) as person_id,
  cast(a.score - q.scale_low as double) / cast(q.scale_high - q.scale_low as double) as value
from answers a
join questions q on q.question_id = a.question_id
join responses r on r.response_id = a.response_id
join met m on m.event_id = r.event_id
where a.state = 'answered'
  and a.score is not null
  and q.metric in ('nps', 'csat', 'ces', 'rating')
  and q.scale_high > q.scale_low
  and (q.touchpoint_id is null or q.touchpoint_id = m.touchpoint_id)
  and m.channel is not null
