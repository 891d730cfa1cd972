with ended as (
  select
    m.journey_id,
    m.end_touchpoint_id,
    cast(date_trunc('month', m.ended_at) as date) as month_start,
    m.peak,
    m.end_score,
    m.overall
  from journey_memory m
  where m.end_score is not null and m.peak is not null
)
select
  e.end_touchpoint_id,
  e.month_start,
  cast(count(*) as bigint) as n,
  sum(e.end_score) as end_sum,
  sum(e.end_score * e.end_score) as end_squares,
  sum(e.peak) as peak_sum,
  cast(count(e.overall) as bigint) as judged,
  sum(e.overall) as overall_sum,
  sum(e.overall * e.overall) as overall_squares,
  sum(case when e.overall is not null then e.peak end) as judged_peak,
  sum(case when e.overall is not null then e.end_score end) as judged_end,
  sum(case when e.overall is not null then e.peak * e.peak end) as peak_peak,
  sum(case when e.overall is not null then e.peak * e.end_score end) as peak_end,
  sum(case when e.overall is not null then e.end_score * e.end_score end) as end_end,
  sum(e.overall * e.peak) as overall_peak,
  sum(e.overall * e.end_score) as overall_end
from ended e
group by e.end_touchpoint_id, e.month_start
