with told as (
  select
    s.step,
    s.label,
    coalesce(c.reached, 0) as reached,
    c.median_s,
    cast(c.p90_us as double) / 1000000.0 as p90_s
  from steps s
  left join step_counts c on c.step = s.step
),
chained as (
  select
    t.step,
    t.label,
    t.reached,
    t.median_s,
    t.p90_s,
    -- key: step
    first_value(t.reached) over (order by t.step rows between unbounded preceding and current row) as began,
    lag(t.reached, 1) over (order by t.step) as before
  from told t
),
shared as (
  select
    c.step,
    c.label,
    c.reached,
    c.before,
    cast(c.before as double) as base,
    case when c.began > 0 then cast(c.reached as double) / c.began end as share_of_first,
    case when c.before > 0 then cast(c.reached as double) / c.before end as share,
    c.median_s,
    c.p90_s
  from chained c
)
select
  s.step,
  s.label,
  cast(s.reached as bigint) as reached,
  s.share_of_first,
  s.share as share_of_previous,
  case
    when s.share <= 0 then 0.0
    else (s.share + $z * $z / (2 * s.base) - $z * sqrt(s.share * (1 - s.share) / s.base + $z * $z / (4 * s.base * s.base)))
      / (1 + $z * $z / s.base)
  end as share_of_previous_low,
  case
    when s.share >= 1 then 1.0
    else (s.share + $z * $z / (2 * s.base) + $z * sqrt(s.share * (1 - s.share) / s.base + $z * $z / (4 * s.base * s.base)))
      / (1 + $z * $z / s.base)
  end as share_of_previous_high,
  cast(s.before - s.reached as bigint) as dropped,
  s.median_s,
  s.p90_s
from shared s
order by s.step
