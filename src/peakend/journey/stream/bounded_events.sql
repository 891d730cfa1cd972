-- Each thread cut after an end touchpoint and where it pauses; a stretch is a journey from its first start on.
with seen as (
  select
    e.event_id,
    e.customer_id,
    e.known_by,
    e.thread,
    e."at",
    e.touchpoint_id,
    e.channel,
    e.site_id,
    e.duration_s,
    e.emotion,
    coalesce(m.opens, 0) as opens,
    lag(coalesce(m.closes, 0)) over (partition by e.thread order by e."at", e.event_id) as closed_before,
    lag(e."at") over (partition by e.thread order by e."at", e.event_id) as before_at
  from events e
  left join marks m on m.touchpoint_id = e.touchpoint_id
),
stretched as (
  select
    s.event_id,
    s.customer_id,
    s.known_by,
    s.thread,
    s."at",
    s.touchpoint_id,
    s.channel,
    s.site_id,
    s.duration_s,
    s.emotion,
    s.opens,
    sum(case
      when s.before_at is null or s.closed_before = 1 then 1
      when epoch_us(s."at") - epoch_us(s.before_at) > $gap_us then 1
      else 0
    end) over (
      partition by s.thread order by s."at", s.event_id
      rows between unbounded preceding and current row
    ) as stretch
  from seen s
),
opened as (
  select
    s.event_id,
    s.customer_id,
    s.known_by,
    s.thread,
    s."at",
    s.touchpoint_id,
    s.channel,
    s.site_id,
    s.duration_s,
    s.emotion,
    s.stretch,
    max(s.opens) over (
      partition by s.thread, s.stretch order by s."at", s.event_id
      rows between unbounded preceding and current row
    ) as inside
  from stretched s
)
select
  o.event_id,
  o.customer_id,
  o.known_by,
  o.thread,
  o."at",
  o.touchpoint_id,
  o.channel,
  o.site_id,
  o.duration_s,
  o.emotion,
  o.stretch,
  o.inside
from opened o
