with by_customer as (
  select
    j.segmentation,
    j.segment,
    j.touchpoint_id,
    coalesce(j.customer_id, j.journey_id) as who,
    max(case when j.customer_id is null then 0 else 1 end) as known,
    cast(count(*) as bigint) as journeys,
    sum(j.events) as events,
    sum(case when j.place = 1 then 1 else 0 end) as starts,
    cast(sum(j.ends) as bigint) as ends,
    sum(case when j.events > 1 then 1 else 0 end) as reworked,
    sum(j.place) as places,
    cast(sum(j.felt) as double) as felt,
    coalesce(sum(j.feeling), 0.0) as feeling
  from node_journeys j
  group by j.segmentation, j.segment, j.touchpoint_id, coalesce(j.customer_id, j.journey_id)
),
counted as (
  select
    c.segmentation,
    c.segment,
    c.touchpoint_id,
    cast(sum(c.events) as bigint) as events,
    cast(sum(c.journeys) as bigint) as journeys,
    cast(sum(c.known) as bigint) as customers,
    cast(count(*) as bigint) as base,
    cast(sum(c.starts) as bigint) as starts,
    cast(sum(c.ends) as bigint) as ends,
    cast(sum(c.ends) as double) / sum(c.journeys) as drop_off,
    cast(sum(c.reworked) as bigint) as reworked,
    cast(sum(c.places) as double) / sum(c.journeys) as mean_place,
    sum(cast(c.ends as double) * c.ends) as ends_ends,
    sum(cast(c.ends as double) * c.journeys) as ends_journeys,
    sum(cast(c.journeys as double) * c.journeys) as journeys_journeys,
    cast(sum(c.reworked) as double) / sum(c.journeys) as rework,
    sum(cast(c.reworked as double) * c.reworked) as reworked_reworked,
    sum(cast(c.reworked as double) * c.journeys) as reworked_journeys,
    cast(sum(c.felt) as bigint) as felt,
    cast(sum(case when c.felt > 0 then 1 else 0 end) as bigint) as felt_by,
    cast(sum(c.feeling) as double) / nullif(sum(c.felt), 0.0) as emotion,
    sum(c.feeling * c.feeling) as feeling_feeling,
    sum(c.feeling * c.felt) as feeling_felt,
    sum(c.felt * c.felt) as felt_felt
  from by_customer c
  group by c.segmentation, c.segment, c.touchpoint_id
)
select
  c.segmentation,
  c.segment,
  c.touchpoint_id,
  c.events,
  c.journeys,
  c.customers,
  c.base,
  c.starts,
  c.ends,
  c.reworked,
  c.rework,
  c.mean_place,
  c.drop_off,
  c.ends_ends,
  c.ends_journeys,
  c.reworked_reworked,
  c.reworked_journeys,
  c.journeys_journeys,
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
  on w.segmentation = c.segmentation and w.segment = c.segment and w.touchpoint_id = c.touchpoint_id
