with by_customer as (
  select
    j.segmentation,
    j.segment,
    j.kind,
    j.from_touchpoint_id,
    j.to_touchpoint_id,
    coalesce(j.customer_id, j.journey_id) as who,
    max(case when j.customer_id is null then 0 else 1 end) as known,
    count(*) as journeys,
    sum(j.transitions) as transitions,
    sum(j.rework) as rework,
    sum(j.there_and_back) as there_and_back,
    cast(sum(j.felt) as double) as felt,
    coalesce(sum(j.feeling), 0.0) as feeling
  from edge_journeys j
  group by
    j.segmentation, j.segment, j.kind, j.from_touchpoint_id, j.to_touchpoint_id,
    coalesce(j.customer_id, j.journey_id)
),
counted as (
  select
    c.segmentation,
    c.segment,
    c.kind,
    c.from_touchpoint_id,
    c.to_touchpoint_id,
    cast(sum(c.transitions) as bigint) as transitions,
    cast(sum(c.journeys) as bigint) as journeys,
    cast(sum(c.known) as bigint) as customers,
    cast(count(*) as bigint) as base,
    cast(sum(c.rework) as bigint) as rework,
    cast(sum(c.there_and_back) as bigint) as there_and_back,
    cast(sum(c.felt) as bigint) as felt,
    cast(sum(case when c.felt > 0 then 1 else 0 end) as bigint) as felt_by,
    cast(sum(c.feeling) as double) / nullif(sum(c.felt), 0.0) as emotion,
    sum(c.feeling * c.feeling) as feeling_feeling,
    sum(c.feeling * c.felt) as feeling_felt,
    sum(c.felt * c.felt) as felt_felt
  from by_customer c
  group by c.segmentation, c.segment, c.kind, c.from_touchpoint_id, c.to_touchpoint_id
)
select
  c.segmentation,
  c.segment,
  c.kind,
  c.from_touchpoint_id,
  c.to_touchpoint_id,
  c.transitions,
  c.journeys,
  c.customers,
  c.base,
  c.kind = 'step' and c.from_touchpoint_id = c.to_touchpoint_id as self_loop,
  c.rework,
  c.there_and_back,
  cast(w.median_us as double) / 1000000.0 as wait_median_s,
  cast(w.p90_us as double) / 1000000.0 as wait_p90_s,
  c.felt as emotion_n,
  c.felt_by as emotion_customers,
  c.emotion,
  cast(
    sqrt(
      greatest(
        c.feeling_feeling - 2.0 * c.emotion * c.feeling_felt + c.emotion * c.emotion * c.felt_felt,
        0.0
      ) * c.felt_by * (cast(1 as double) / nullif(c.felt_by - 1, 0))
    ) as double
  ) / nullif(c.felt, 0) as emotion_se
from counted c
left join waited w
  on w.segmentation = c.segmentation
  and w.segment = c.segment
  and w.kind = c.kind
  and w.from_touchpoint_id = c.from_touchpoint_id
  and w.to_touchpoint_id = c.to_touchpoint_id
