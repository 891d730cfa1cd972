-- One row a score of a scale: who gave it, from 0 to 1, and how satisfied the same response is as a whole.
with wholes as (
  select
    a.response_id,
    avg(cast(a.score - q.scale_low as double) / (q.scale_high - q.scale_low)) as satisfaction
  from answers a
  join questions q on q.question_id = a.question_id
  where
    a.state = 'answered'
    and q.overall
    and q.metric in ('csat', 'rating', 'nps')
    and q.scale_high > q.scale_low
    and a.score between q.scale_low and q.scale_high
  group by a.response_id
),
answered as (
  select
    'survey' as origin,
    coalesce(v.programme, r.survey_id) as programme,
    coalesce(q.touchpoint_id, i.touchpoint_id) as touchpoint_id,
    s.aspect,
    s.item,
    r.response_id as unit_id,
    r.customer_id,
    coalesce(r.weight, 1.0) as weight,
    avg(cast(a.score - q.scale_low as double) / (q.scale_high - q.scale_low)) as score
  from answers a
  join questions q on q.question_id = a.question_id
  join scales s on s.code = lower(trim(q.dimension))
  join responses r on r.response_id = a.response_id
  left join surveys v on v.survey_id = r.survey_id
  left join interactions i on i.event_id = r.event_id
  where
    a.state = 'answered'
    and q.metric in ('csat', 'rating', 'nps', 'ces')
    and q.scale_high > q.scale_low
    and a.score between q.scale_low and q.scale_high
  group by
    coalesce(v.programme, r.survey_id), coalesce(q.touchpoint_id, i.touchpoint_id), s.aspect, s.item,
    r.response_id, r.customer_id, coalesce(r.weight, 1.0)
),
checked as (
  select
    'check' as origin,
    cast(null as varchar) as programme,
    c.touchpoint_id,
    s.aspect,
    s.item,
    c.check_id as unit_id,
    max(c.customer_id) as customer_id,
    1.0 as weight,
    sum(coalesce(c.weight, 1.0) * c.score) / sum(coalesce(c.weight, 1.0)) as score,
    max(c.event_id) as event_id
  from service_checks c
  join scales s on s.code = c.aspect
  where c.score between 0 and 1 and coalesce(c.weight, 1.0) > 0
  group by c.touchpoint_id, s.aspect, s.item, c.check_id
),
felt as (
  select r.event_id, avg(w.satisfaction) as satisfaction
  from responses r
  join wholes w on w.response_id = r.response_id
  where r.event_id is not null
  group by r.event_id
)
select
  a.origin, a.programme, a.touchpoint_id, a.aspect, a.item, a.unit_id, a.customer_id, a.weight, a.score,
  w.satisfaction
from answered a
left join wholes w on w.response_id = a.unit_id
union all
select
  c.origin, c.programme, c.touchpoint_id, c.aspect, c.item, c.unit_id, c.customer_id, c.weight, c.score,
  f.satisfaction
from checked c
left join felt f on f.event_id = c.event_id
