-- Of everybody who leaves a touchpoint, how many take each edge: sums over customers, so that the variance of
-- the share is that between customers and not that between their passages.
with by_edge as (
  select
    j.segmentation,
    j.segment,
    j.kind,
    case when j.kind = 'start' then 1 else 0 end as entering,
    j.from_touchpoint_id,
    j.to_touchpoint_id,
    coalesce(j.customer_id, j.journey_id) as who,
    cast(sum(j.transitions) as double) as taken
  from edge_journeys j
  group by
    j.segmentation, j.segment, j.kind, j.from_touchpoint_id, j.to_touchpoint_id,
    coalesce(j.customer_id, j.journey_id)
),
by_origin as (
  select b.segmentation, b.segment, b.entering, b.from_touchpoint_id, b.who, sum(b.taken) as leaving
  from by_edge b
  group by b.segmentation, b.segment, b.entering, b.from_touchpoint_id, b.who
),
origins as (
  select
    o.segmentation,
    o.segment,
    o.entering,
    o.from_touchpoint_id,
    cast(count(*) as bigint) as leavers,
    sum(o.leaving) as leaving,
    sum(o.leaving * o.leaving) as leaving_leaving
  from by_origin o
  group by o.segmentation, o.segment, o.entering, o.from_touchpoint_id
),
edges as (
  select
    b.segmentation,
    b.segment,
    b.kind,
    b.entering,
    b.from_touchpoint_id,
    b.to_touchpoint_id,
    sum(b.taken) as taken,
    sum(b.taken * b.taken) as taken_taken,
    sum(b.taken * o.leaving) as taken_leaving
  from by_edge b
  join by_origin o
    on o.segmentation = b.segmentation
    and o.segment = b.segment
    and o.entering = b.entering
    and o.from_touchpoint_id = b.from_touchpoint_id
    and o.who = b.who
  group by b.segmentation, b.segment, b.kind, b.entering, b.from_touchpoint_id, b.to_touchpoint_id
)
select
  e.segmentation,
  e.segment,
  e.kind,
  e.from_touchpoint_id,
  e.to_touchpoint_id,
  e.taken,
  e.taken_taken,
  e.taken_leaving,
  o.leavers,
  o.leaving,
  o.leaving_leaving
from edges e
join origins o
  on o.segmentation = e.segmentation
  and o.segment = e.segment
  and o.entering = e.entering
  and o.from_touchpoint_id = e.from_touchpoint_id
