with summed as (
  select p.cohort_on, p.period_on, count(*) as n
  from periods p
  group by p.cohort_on, p.period_on
),
numbered as (
  select
    s.cohort_on,
    s.n,
    case
      when $period = 'month' then extract(year from s.cohort_on) * 12 + extract(month from s.cohort_on)
      when $period = 'quarter' then extract(year from s.cohort_on) * 4 + extract(quarter from s.cohort_on)
      else cast(floor(
        cast(date_diff('day', cast('1970-01-05' as date), cast(s.cohort_on as date)) as double) / 7
      ) as bigint)
    end as began,
    case
      when $period = 'month' then extract(year from s.period_on) * 12 + extract(month from s.period_on)
      when $period = 'quarter' then extract(year from s.period_on) * 4 + extract(quarter from s.period_on)
      else cast(floor(
        cast(date_diff('day', cast('1970-01-05' as date), cast(s.period_on as date)) as double) / 7
      ) as bigint)
    end as came
  from summed s
),
counted as (
  select n.cohort_on, n.n, n.began, n.came - n.began as period
  from numbered n
),
cohorts as (
  select c.cohort_on, c.began, sum(case when $rolling = 1 or c.period = 0 then c.n else 0 end) as size
  from counted c
  group by c.cohort_on, c.began
),
spans as (
  select min(c.began) as first_began
  from cohorts c
),
digits as (
  select d.digit
  from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as d(digit)
),
numbers as (
  select a.digit + 10 * b.digit + 100 * c.digit + 1000 * d.digit as number
  from digits a
  cross join digits b
  cross join digits c
  cross join digits d
),
grid as (
  select c.cohort_on, c.began, c.size, n.number
  from cohorts c
  cross join spans s
  cross join numbers n
  where n.number <= $latest - s.first_began
),
filled as (
  select
    g.cohort_on,
    g.number,
    g.began + g.number as at_number,
    g.size,
    coalesce(sum(c.n), 0) as returned
  from grid g
  left join counted c
    on c.began = g.began and (c.period = g.number or ($rolling = 1 and c.period > g.number))
  group by g.cohort_on, g.began, g.number, g.size
),
stated as (
  select
    f.cohort_on,
    f.number,
    case
      when f.at_number > $latest then 'future'
      when f.at_number >= $beyond then 'incomplete'
      else 'observed'
    end as state,
    f.size,
    f.returned
  from filled f
),
shared as (
  select
    s.cohort_on,
    s.number,
    s.state,
    s.size,
    cast(s.size as double) as base,
    case when s.state = 'observed' then s.returned end as returned,
    case when s.state = 'observed' then cast(s.returned as double) / s.size end as share
  from stated s
)
select
  h.cohort_on,
  cast(h.number as bigint) as period,
  h.state,
  cast(h.size as bigint) as size,
  cast(h.returned as bigint) as returned,
  h.share,
  case
    when h.share <= 0 then 0.0
    else (h.share + $z * $z / (2 * h.base) - $z * sqrt(h.share * (1 - h.share) / h.base + $z * $z / (4 * h.base * h.base)))
      / (1 + $z * $z / h.base)
  end as share_low,
  case
    when h.share >= 1 then 1.0
    else (h.share + $z * $z / (2 * h.base) + $z * sqrt(h.share * (1 - h.share) / h.base + $z * $z / (4 * h.base * h.base)))
      / (1 + $z * $z / h.base)
  end as share_high
from shared h
order by h.cohort_on, h.number
