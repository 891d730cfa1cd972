-- By touchpoint: in how many journeys it was felt, and was the peak, the worst moment or the end; with sums of
-- squares and products over customers, for intervals that keep a customer together.
with felt as (
  select
    t.touchpoint_id,
    t.person_id,
    t.journey_id,
    min(t.customer_id) as customer_id,
    count(*) as moments,
    sum(t.score) as score,
    max(t.is_peak) as is_peak,
    max(t.is_worst) as is_worst,
    max(t.is_end) as is_end,
    sum(t.recent_share) as recent_share,
    sum(t.even_share) as even_share,
    min(case when t.is_worst = 1 then t.score end) as depth,
    min(case when t.is_peak = 1 then t.score end) as height
  from touchpoint_moments t
  where t.touchpoint_id is not null
  group by t.touchpoint_id, t.person_id, t.journey_id
),
people as (
  select
    f.touchpoint_id,
    f.person_id,
    min(f.customer_id) as customer_id,
    cast(count(*) as double) as n,
    cast(sum(f.moments) as double) as moments,
    sum(f.score) as score,
    cast(sum(f.is_peak) as double) as peaks,
    cast(sum(f.is_worst) as double) as worsts,
    cast(sum(f.is_end) as double) as ends,
    sum(f.recent_share) as recents,
    sum(f.even_share) as evens,
    sum(f.depth) as depth,
    sum(f.height) as height,
    cast(sum(case when f.height < 0 then 1 else 0 end) as double) as bad_peaks
  from felt f
  group by f.touchpoint_id, f.person_id
)
select
  p.touchpoint_id,
  cast(count(*) as bigint) as people,
  cast(count(p.customer_id) as bigint) as customers,
  sum(p.n) as n,
  sum(p.peaks) as peaks,
  sum(p.worsts) as worsts,
  sum(p.ends) as ends,
  sum(p.recents) as recents,
  sum(p.evens) as evens,
  sum(p.moments) as moments,
  sum(p.score) as score,
  sum(p.depth) as depth,
  sum(p.height) as height,
  sum(p.bad_peaks) as bad_peaks,
  sum(p.n * p.n) as nn,
  sum(p.n * p.peaks) as n_peaks,
  sum(p.n * p.worsts) as n_worsts,
  sum(p.n * p.ends) as n_ends,
  sum(p.n * p.recents) as n_recents,
  sum(p.n * p.evens) as n_evens,
  sum(p.peaks * p.peaks) as peaks_peaks,
  sum(p.peaks * p.worsts) as peaks_worsts,
  sum(p.peaks * p.ends) as peaks_ends,
  sum(p.peaks * p.recents) as peaks_recents,
  sum(p.peaks * p.evens) as peaks_evens,
  sum(p.worsts * p.worsts) as worsts_worsts,
  sum(p.worsts * p.ends) as worsts_ends,
  sum(p.worsts * p.recents) as worsts_recents,
  sum(p.worsts * p.evens) as worsts_evens,
  sum(p.ends * p.ends) as ends_ends,
  sum(p.ends * p.recents) as ends_recents,
  sum(p.ends * p.evens) as ends_evens,
  sum(p.recents * p.recents) as recents_recents,
  sum(p.recents * p.evens) as recents_evens,
  sum(p.evens * p.evens) as evens_evens,
  sum(p.moments * p.moments) as moments_moments,
  sum(p.moments * p.score) as moments_score,
  sum(p.score * p.score) as score_score
from people p
group by p.touchpoint_id
