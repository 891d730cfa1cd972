-- The answer to the question about the whole, by journey: of a response that names an event of it, else of the
-- customer's next response within $days days. Of several such questions the one most journeys have.
with answered as (
  select
    r.response_id,
    r.survey_id,
    r.customer_id,
    r.event_id,
    r.answered_at,
    q.question_id,
    q.metric,
    2 * cast(a.score - q.scale_low as double) / (q.scale_high - q.scale_low) - 1 as overall
  from answers a
  join questions q on q.question_id = a.question_id
  join responses r on r.response_id = a.response_id
  join surveys s on s.survey_id = r.survey_id
  where
    a.state = 'answered'
    and a.score is not null
    and q.overall
    and q.metric in ('nps', 'csat', 'rating')
    and q.scale_high > q.scale_low
    and r.answered_at is not null
    and not coalesce(s.anonymous, false)
),
named as (
  select a.response_id, a.survey_id, a.question_id, a.metric, a.answered_at, a.overall, j.journey_id
  from answered a
  join journey_steps e on e.event_id = a.event_id
  join journeys_felt j on j.journey_id = e.journey_id
  where a.answered_at >= j.ended_at
),
near as (
  select
    a.response_id,
    a.survey_id,
    a.question_id,
    a.metric,
    a.answered_at,
    a.overall,
    j.journey_id,
    row_number() over (
      partition by a.response_id, a.question_id
      order by j.ended_at desc, j.journey_id desc
    ) as choice
  from answered a
  join journeys_felt j on j.customer_id = a.customer_id
  where
    a.event_id is null
    and epoch_us(a.answered_at) - epoch_us(j.ended_at) >= 0
    and epoch_us(a.answered_at) - epoch_us(j.ended_at) <= $days * 86400000000
),
linked as (
  select n.response_id, n.survey_id, n.question_id, n.metric, n.answered_at, n.overall, n.journey_id, 1 as about
  from named n
  union all
  select n.response_id, n.survey_id, n.question_id, n.metric, n.answered_at, n.overall, n.journey_id, 2 as about
  from near n
  where n.choice = 1
),
asked as (
  select
    l.question_id,
    count(distinct l.journey_id) as journeys,
    min(case when l.metric = 'nps' then 2 else 1 end) as rank_of
  from linked l
  group by l.question_id
),
chosen as (
  select a.question_id, row_number() over (order by a.journeys desc, a.rank_of, a.question_id) as choice
  from asked a
),
first_said as (
  select
    l.journey_id,
    l.response_id,
    l.survey_id,
    l.question_id,
    l.overall,
    l.answered_at,
    l.about,
    row_number() over (
      partition by l.journey_id
      order by l.about, l.answered_at, l.response_id
    ) as choice
  from linked l
  join chosen c on c.question_id = l.question_id and c.choice = 1
)
select
  f.journey_id,
  f.response_id,
  f.question_id,
  f.overall,
  f.answered_at,
  case when f.about = 1 then 'named' else 'after' end as linked_by,
  s.programme,
  s.wave
from first_said f
join surveys s on s.survey_id = f.survey_id
where f.choice = 1
