-- Every class of journeys by number of steps, and all of them (steps_from 0).
with classed as (
  select s.steps_from, s.customer_id, s.events, s.days from sizes s
  union all
  select 0 as steps_from, s.customer_id, s.events, s.days from sizes s
),
totals as (
  select
    c.steps_from,
    count(*) as journeys,
    count(distinct c.customer_id) as customers,
    sum(case when c.customer_id is null then 1 else 0 end) as anonymous,
    sum(c.events) as events
  from classed c
  group by c.steps_from
),
lengths as (
  select c.steps_from, c.days, count(*) as journeys
  from classed c
  group by c.steps_from, c.days
),
ranked as (
  select
    l.steps_from,
    l.days,
    sum(l.journeys) over (
      partition by l.steps_from order by l.days
      rows between unbounded preceding and current row
    ) as rank_reached
  from lengths l
),
quantiles as (
  select
    t.steps_from,
    min(case when r.rank_reached >= floor(cast(t.journeys + 1 as double) / 2) then r.days end) as median_days,
    min(case when r.rank_reached >= floor(cast(9 * t.journeys + 9 as double) / 10) then r.days end) as p90_days
  from totals t
  join ranked r on r.steps_from = t.steps_from
  group by t.steps_from
),
steps as (
  select s.events, count(*) as journeys
  from sizes s
  group by s.events
),
stepped as (
  select
    p.events,
    sum(p.journeys) over (order by p.events rows between unbounded preceding and current row) as rank_reached
  from steps p
),
-- Steps are told of all journeys; within a class its bounds tell enough.
typical as (
  select
    t.steps_from,
    min(case when p.rank_reached >= floor(cast(t.journeys + 1 as double) / 2) then p.events end) as median_steps,
    min(case when p.rank_reached >= floor(cast(9 * t.journeys + 9 as double) / 10) then p.events end) as p90_steps
  from totals t
  cross join stepped p
  where t.steps_from = 0
  group by t.steps_from
)
select
  cast(t.steps_from as bigint) as steps_from,
  cast(case t.steps_from
    when 4 then 5 when 6 then 10 when 11 then 20 when 0 then null when 21 then null else t.steps_from
  end as bigint) as steps_to,
  cast(t.journeys as bigint) as journeys,
  cast(t.customers as bigint) as customers,
  cast(t.anonymous as bigint) as anonymous,
  cast(t.events as bigint) as events,
  cast(t.journeys as double) / sum(case when t.steps_from > 0 then t.journeys else 0 end) over (
    order by t.steps_from rows between unbounded preceding and unbounded following
  ) as share,
  q.median_days,
  q.p90_days,
  cast(y.median_steps as bigint) as median_steps,
  cast(y.p90_steps as bigint) as p90_steps
from totals t
left join quantiles q on q.steps_from = t.steps_from
left join typical y on y.steps_from = t.steps_from
