-- Every touchpoint, and all journeys (no touchpoint).
with met as (
  select m.touchpoint_id, m.customer_id, m.stage, m.props, m.actors, m.memory
  from passed m
  union all
  select cast(null as varchar) as touchpoint_id, e.customer_id, e.stage, e.props, e.actors, e.memory
  from experience_scenes e
),
counted as (
  select
    m.touchpoint_id,
    count(*) as journeys,
    count(distinct m.customer_id) as customers,
    count(m.stage) as with_stage,
    count(m.props) as with_props,
    count(m.actors) as with_actors,
    count(m.memory) as with_memory,
    count(case
      when m.stage is not null and m.props is not null and m.actors is not null and m.memory is not null then 1
    end) as whole
  from met m
  group by m.touchpoint_id
)
select
  c.touchpoint_id,
  t.name as touchpoint_en,
  t.name_zh as touchpoint_zh,
  cast(t.position as bigint) as touchpoint_position,
  cast(c.journeys as bigint) as journeys,
  cast(c.customers as bigint) as customers,
  case when c.journeys >= $least then cast(c.with_stage as double) / c.journeys end as stage,
  case when c.journeys >= $least then cast(c.with_props as double) / c.journeys end as props,
  case when c.journeys >= $least then cast(c.with_actors as double) / c.journeys end as actors,
  case when c.journeys >= $least then cast(c.with_memory as double) / c.journeys end as memory,
  case when c.journeys >= $least then cast(c.whole as double) / c.journeys end as whole,
  c.journeys < $least as hidden
from counted c
left join touchpoints t on t.touchpoint_id = c.touchpoint_id
