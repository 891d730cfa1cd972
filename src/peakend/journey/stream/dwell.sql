with known as (
  select s.touchpoint_id, s.customer_id, s.seconds, s.measured, t.service_level_s
  from stays s
  left join touchpoints t on t.touchpoint_id = s.touchpoint_id
),
totals as (
  select
    k.touchpoint_id,
    count(k.seconds) as n,
    count(*) - count(k.seconds) as unknown,
    count(distinct case when k.seconds is not null then k.customer_id end) as customers,
    sum(case when k.seconds is not null then k.measured else 0 end) as measured,
    max(k.service_level_s) as service_level_s,
    sum(case when k.seconds > k.service_level_s then 1 else 0 end) as longer
  from known k
  group by k.touchpoint_id
),
lengths as (
  select k.touchpoint_id, k.seconds, count(*) as stays
  from known k
  where k.seconds is not null
  group by k.touchpoint_id, k.seconds
),
ranked as (
  select
    l.touchpoint_id,
    l.seconds,
    sum(l.stays) over (
      partition by l.touchpoint_id order by l.seconds
      rows between unbounded preceding and current row
    ) as rank_reached
  from lengths l
),
-- Nearest ranks of the median and of nine tenths; their intervals are ranks too (order statistics).
ranks as (
  select
    t.touchpoint_id,
    t.n,
    floor(cast(t.n + 1 as double) / 2) as middle,
    floor(cast(9 * t.n + 9 as double) / 10) as long,
    greatest(1.0, floor(cast(t.n as double) / 2 - $z * sqrt(cast(t.n as double) / 4))) as middle_low,
    least(cast(t.n as double), ceil(cast(t.n as double) / 2 + $z * sqrt(cast(t.n as double) / 4)) + 1) as middle_high,
    greatest(1.0, floor(cast(9 * t.n as double) / 10 - $z * sqrt(cast(9 * t.n as double) / 100))) as long_low,
    least(
      cast(t.n as double), ceil(cast(9 * t.n as double) / 10 + $z * sqrt(cast(9 * t.n as double) / 100)) + 1
    ) as long_high
  from totals t
),
quantiles as (
  select
    k.touchpoint_id,
    min(case when r.rank_reached >= k.middle then r.seconds end) as median_s,
    min(case when r.rank_reached >= k.middle_low then r.seconds end) as median_s_low,
    min(case when r.rank_reached >= k.middle_high then r.seconds end) as median_s_high,
    min(case when r.rank_reached >= k.long then r.seconds end) as p90_s,
    min(case when r.rank_reached >= k.long_low then r.seconds end) as p90_s_low,
    min(case when r.rank_reached >= k.long_high then r.seconds end) as p90_s_high
  from ranks k
  join ranked r on r.touchpoint_id = k.touchpoint_id
  group by k.touchpoint_id
)
select
  t.touchpoint_id,
  cast(t.n as bigint) as n,
  cast(t.unknown as bigint) as unknown,
  cast(t.customers as bigint) as customers,
  case when t.n > 0 then cast(t.measured as double) / t.n end as measured_share,
  q.median_s,
  q.median_s_low,
  q.median_s_high,
  q.p90_s,
  q.p90_s_low,
  q.p90_s_high,
  t.service_level_s,
  case when t.service_level_s is not null and t.n > 0 then cast(t.longer as double) / t.n end as longer_share,
  p.name as touchpoint_en,
  p.name_zh as touchpoint_zh,
  cast(p.position as bigint) as touchpoint_position
from totals t
left join quantiles q on q.touchpoint_id = t.touchpoint_id
left join touchpoints p on p.touchpoint_id = t.touchpoint_id
