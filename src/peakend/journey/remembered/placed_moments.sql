-- Every moment with its place counted from the end (1: the last), and whether nothing outdoes it: of equal
-- moments the later one counts.
with ordered as (
  select
    m.journey_id,
    m.customer_id,
    m.event_id,
    m."at",
    m.touchpoint_id,
    m.duration_s,
    m.score,
    row_number() over (partition by m.journey_id order by m."at" desc, m.event_id desc) as from_end,
    max(abs(m.score)) over (
      partition by m.journey_id
      order by m."at" desc, m.event_id desc
      rows between unbounded preceding and 1 preceding
    ) as stronger_later,
    max(abs(m.score)) over (
      partition by m.journey_id
      order by m."at" desc, m.event_id desc
      rows between 1 following and unbounded following
    ) as stronger_before,
    min(m.score) over (
      partition by m.journey_id
      order by m."at" desc, m.event_id desc
      rows between unbounded preceding and 1 preceding
    ) as lower_later,
    min(m.score) over (
      partition by m.journey_id
      order by m."at" desc, m.event_id desc
      rows between 1 following and unbounded following
    ) as lower_before
  from moments m
  where m.journey_id is not null and m.score is not null
)
select
  o.journey_id,
  o.customer_id,
  o.event_id,
  o."at",
  o.touchpoint_id,
  o.duration_s,
  o.score,
  o.from_end,
  case when o.stronger_before is null then 1 else 0 end as is_first,
  case
    when
      abs(o.score) > coalesce(o.stronger_later, cast(-1 as double))
      and abs(o.score) >= coalesce(o.stronger_before, cast(-1 as double)) then 1
    else 0
  end as is_peak,
  case
    when
      o.score < coalesce(o.lower_later, cast(2 as double))
      and o.score <= coalesce(o.lower_before, cast(2 as double)) then 1
    else 0
  end as is_worst
from ordered o
