with counted as (
  select
    j.variant,
    max(j.steps) as steps,
    cast(count(*) as bigint) as journeys,
    cast(case when $same then count(*) else count(distinct j.customer_id) end as bigint) as customers,
    median(j.duration_us) / 1000000.0 as median_s,
    avg(j.emotion) as emotion,
    stddev_samp(j.emotion) as emotion_sd,
    cast(count(j.emotion) as bigint) as emotion_n
  from journey_variants j
  group by j.variant
),
ranked as (
  select
    c.variant,
    c.steps,
    c.journeys,
    c.customers,
    c.median_s,
    c.emotion,
    c.emotion_sd,
    c.emotion_n,
    row_number() over (order by c.journeys desc, c.variant) as place,
    sum(c.journeys) over (
      order by c.journeys desc, c.variant
      rows between unbounded preceding and current row
    ) as upto,
    sum(c.journeys) over () as total
  from counted c
)
select
  cast(r.place as bigint) as place,
  r.variant,
  r.steps,
  r.journeys as "count",
  r.customers,
  cast(r.journeys as double) / r.total as share,
  cast(r.upto as double) / r.total as cumulative_share,
  r.median_s,
  r.emotion,
  r.emotion_sd,
  r.emotion_n
from ranked r
