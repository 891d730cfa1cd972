-- What was answered about a touchpoint of the journey that the response is about, by event: at the moment, or
-- recalled in a questionnaire that asks about the whole as well.
with whole as (
  select distinct a.response_id
  from answers a
  join questions q on q.question_id = a.question_id
  where q.overall and a.state = 'answered' and a.score is not null
),
given as (
  select
    r.response_id,
    r.event_id,
    r.answered_at,
    q.touchpoint_id,
    avg(2 * cast(a.score - q.scale_low as double) / (q.scale_high - q.scale_low) - 1) as score
  from answers a
  join questions q on q.question_id = a.question_id
  join responses r on r.response_id = a.response_id
  join surveys s on s.survey_id = r.survey_id
  where
    a.state = 'answered'
    and a.score is not null
    and q.metric in ('nps', 'csat', 'ces', 'rating')
    and q.touchpoint_id is not null
    and not coalesce(q.overall, false)
    and coalesce(q.dimension, '') <> 'delight'
    and q.scale_high > q.scale_low
    and r.event_id is not null
    and not coalesce(s.anonymous, false)
  group by r.response_id, r.event_id, r.answered_at, q.touchpoint_id
),
met as (
  select
    g.response_id,
    g.touchpoint_id,
    g.score,
    m.event_id,
    row_number() over (
      partition by g.response_id, g.touchpoint_id
      order by case when m.event_id = g.event_id then 0 else 1 end, m."at" desc, m.event_id desc
    ) as choice
  from given g
  join journey_steps e on e.event_id = g.event_id
  join journey_steps m on m.journey_id = e.journey_id and m.touchpoint_id = g.touchpoint_id
  where m.event_id = g.event_id or g.answered_at is null or m."at" <= g.answered_at
)
select
  t.event_id,
  avg(case when w.response_id is null then t.score end) as score,
  avg(case when w.response_id is not null then t.score end) as recalled,
  min(case when w.response_id is null then t.response_id end) as response_id,
  min(case when w.response_id is not null then t.response_id end) as recalled_id
from met t
left join whole w on w.response_id = t.response_id
where t.choice = 1
group by t.event_id
