with usable as (
  select
    i.event_id,
    i.customer_id,
    i.case_id,
    i."at",
    coalesce(i.touchpoint_id, i.kind) as touchpoint_id,
    i.channel,
    i.site_id,
    i.duration_s,
    i.emotion
  from interactions i
  where
    coalesce(i.touchpoint_id, i.kind) is not null
    and coalesce(i.case_id, i.customer_id) is not null
    and epoch_us(i."at") >= 0
    and i."at" <= $now
),
spaced as (
  select
    u.event_id,
    u.customer_id,
    u."at",
    u.touchpoint_id,
    u.channel,
    u.site_id,
    u.duration_s,
    u.emotion,
    u.case_id,
    case
      when u.case_id is not null then 0
      when epoch_us(u."at") - epoch_us(lag(u."at") over (
        partition by u.case_id, u.customer_id
        order by u."at", u.event_id
      )) <= $gap_us then 0
      else 1
    end as starts
  from usable u
),
numbered as (
  select
    s.event_id,
    s.customer_id,
    s."at",
    s.touchpoint_id,
    s.channel,
    s.site_id,
    s.duration_s,
    s.emotion,
    s.case_id,
    sum(s.starts) over (
      partition by s.case_id, s.customer_id
      order by s."at", s.event_id
      rows between unbounded preceding and current row
    ) as number
  from spaced s
),
named as (
  select
    n.event_id,
    n.customer_id,
    n."at",
    n.touchpoint_id,
    n.channel,
    n.site_id,
    n.duration_s,
    n.emotion,
    case
      when n.case_id is not null then n.case_id
      else n.customer_id || '/' || cast(n.number as varchar)
    end as journey_id
  from numbered n
)
select
  d.journey_id,
  cast(row_number() over (partition by d.journey_id order by d."at", d.event_id) as bigint) as place,
  d.event_id,
  d.customer_id,
  d."at",
  d.touchpoint_id,
  d.channel,
  d.site_id,
  d.duration_s,
  d.emotion
from named d
