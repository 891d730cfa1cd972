with numbered as (
  select
    d.customer_id,
    d.journey_id,
    d.design_id,
    d.version,
    d.kind,
    d.step_id,
    d.touchpoint_id,
    row_number() over (
      partition by d.design_id, d.version, d.kind, d.step_id, d.touchpoint_id
      order by d.journey_id
    ) as number
  from deviating d
)
select
  n.design_id,
  n.version,
  n.kind,
  n.step_id,
  n.touchpoint_id,
  cast(count(*) as bigint) as journeys,
  cast(count(distinct n.customer_id) as bigint) as customers,
  max(case when n.number = 1 then n.journey_id end) as example_1,
  max(case when n.number = 2 then n.journey_id end) as example_2,
  max(case when n.number = 3 then n.journey_id end) as example_3
from numbered n
group by n.design_id, n.version, n.kind, n.step_id, n.touchpoint_id
