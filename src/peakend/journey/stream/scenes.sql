-- One row a journey as a scene: where it plays, with which goods, who acts in it, what is remembered of it.
with services as (
  select
    p.journey_id,
    string_agg(p.touchpoint_id, ', ' order by p.touchpoint_id) as services
  from (
    select s.journey_id, s.touchpoint_id
    from journey_steps s
    group by s.journey_id, s.touchpoint_id
  ) p
  group by p.journey_id
),
places as (
  select p.journey_id, string_agg(p.site_id, ', ' order by p.site_id) as stage
  from (
    select s.journey_id, s.site_id
    from journey_steps s
    where s.site_id is not null
    group by s.journey_id, s.site_id
  ) p
  group by p.journey_id
),
actors as (
  select p.journey_id, string_agg(p.employee_id, ', ' order by p.employee_id) as actors
  from (
    select s.journey_id, i.employee_id
    from journey_steps s
    join interactions i on i.event_id = s.event_id
    where i.employee_id is not null
    group by s.journey_id, i.employee_id
  ) p
  group by p.journey_id
),
props as (
  select p.journey_id, string_agg(p.product_id, ', ' order by p.product_id) as props
  from (
    select j.journey_id, t.product_id
    from transactions t
    join journeys j on j.customer_id = t.customer_id
    where t.product_id is not null and t."at" >= j.started_at and t."at" <= j.ended_at
    group by j.journey_id, t.product_id
  ) p
  group by p.journey_id
),
remembered as (
  select
    s.journey_id,
    avg(cast(a.score - q.scale_low as double) / (q.scale_high - q.scale_low)) as memory
  from journey_steps s
  join responses r on r.event_id = s.event_id
  join answers a on a.response_id = r.response_id
  join questions q on q.question_id = a.question_id
  where
    a.state = 'answered'
    and q.overall
    and q.metric in ('csat', 'rating', 'nps')
    and q.scale_high > q.scale_low
    and a.score between q.scale_low and q.scale_high
  group by s.journey_id
)
select
  j.journey_id,
  j.customer_id,
  v.services,
  l.stage,
  p.props,
  a.actors,
  m.memory,
  cast(
    case when l.stage is null then 1 else 0 end
    + case when p.props is null then 1 else 0 end
    + case when a.actors is null then 1 else 0 end
    + case when m.memory is null then 1 else 0 end
  as bigint) as missing
from journeys j
left join services v on v.journey_id = j.journey_id
left join places l on l.journey_id = j.journey_id
left join props p on p.journey_id = j.journey_id
left join actors a on a.journey_id = j.journey_id
left join remembered m on m.journey_id = j.journey_id
