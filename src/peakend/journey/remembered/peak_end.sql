select
  p.journey_id,
  min(p.customer_id) as customer_id,
  min(p."at") as first_at,
  max(p."at") as ended_at,
  cast(count(*) as bigint) as n_moments,
  min(case when p.is_first = 1 then p.score end) as first_score,
  min(case when p.is_peak = 1 then p.score end) as peak,
  min(case when p.is_peak = 1 then p.touchpoint_id end) as peak_touchpoint_id,
  min(case when p.is_peak = 1 then p.event_id end) as peak_event_id,
  max(p.score) as best,
  min(p.score) as worst,
  min(case when p.is_worst = 1 then p.touchpoint_id end) as worst_touchpoint_id,
  min(case when p.is_worst = 1 then p.event_id end) as worst_event_id,
  min(case when p.from_end = 1 then p.score end) as end_score,
  min(case when p.from_end = 1 then p.touchpoint_id end) as end_touchpoint_id,
  min(case when p.from_end = 1 then p.event_id end) as end_event_id,
  avg(p.score) as mean,
  -- A moment of unknown duration counts as long as the others of its journey do on average.
  case
    when sum(p.duration_s) > 0 then (
      sum(p.duration_s * p.score)
      + sum(case when p.duration_s is null then p.score else 0 end)
      * cast(sum(p.duration_s) as double) / count(p.duration_s)
    ) / (cast(count(*) as double) * cast(sum(p.duration_s) as double) / count(p.duration_s))
    else avg(p.score)
  end as duration_mean,
  sum(p.score * pow(cast(0.5 as double), (p.from_end - 1) / cast($half_life as double)))
  / sum(pow(cast(0.5 as double), (p.from_end - 1) / cast($half_life as double))) as recency_mean,
  -covar_pop(p.score, cast(p.from_end as double)) / var_pop(cast(p.from_end as double)) as trend,
  cast(count(p.duration_s) as double) / count(*) as duration_known
from placed_moments p
group by p.journey_id
having count(*) >= $fewest
