-- Each thread cut where it pauses; one that is whole (a case) is never cut and gives the journey its name.
with seen as (
  select
    e.event_id,
    e.customer_id,
    e.known_by,
    e.thread,
    e.whole,
    e."at",
    e.touchpoint_id,
    e.channel,
    e.site_id,
    e.duration_s,
    e.emotion,
    row_number() over (partition by e.thread, e.whole order by e."at", e.event_id) as number,
    lag(e."at") over (partition by e.thread, e.whole order by e."at", e.event_id) as before_at
  from events e
),
started as (
  select
    s.event_id,
    s.customer_id,
    s.known_by,
    s.thread,
    s.whole,
    s."at",
    s.touchpoint_id,
    s.channel,
    s.site_id,
    s.duration_s,
    s.emotion,
    s.number,
    case
      when s.before_at is null then s.number
      when s.whole = 0 and epoch_us(s."at") - epoch_us(s.before_at) > $gap_us then s.number
    end as starts
  from seen s
),
cut as (
  select
    s.event_id,
    s.customer_id,
    s.known_by,
    s.thread,
    s.whole,
    s."at",
    s.touchpoint_id,
    s.channel,
    s.site_id,
    s.duration_s,
    s.emotion,
    s.number,
    max(s.starts) over (
      partition by s.thread, s.whole order by s."at", s.event_id
      rows between unbounded preceding and current row
    ) as first_number,
    count(s.starts) over (
      partition by s.thread, s.whole order by s."at", s.event_id
      rows between unbounded preceding and current row
    ) as journey
  from started s
)
select
  case when c.whole = 1 then c.thread else c.thread || '/' || cast(c.journey as varchar) end as journey_id,
  cast(c.number - c.first_number + 1 as bigint) as place,
  c.event_id,
  c.customer_id,
  c."at",
  c.touchpoint_id,
  c.channel,
  c.site_id,
  c.duration_s,
  c.emotion,
  c.known_by
from cut c
