-- A hand-off belongs to the journey it names; one that names none (or one that is not here) to the customer.
with steps as (
  select
    s.event_id,
    s.journey_id,
    s.customer_id,
    s."at",
    s.touchpoint_id,
    s.channel,
    s.emotion,
    lag(s.touchpoint_id) over (partition by s.journey_id order by s."at", s.event_id) as before_id,
    lag(s.channel) over (partition by s.journey_id order by s."at", s.event_id) as before_channel,
    lag(s."at") over (partition by s.journey_id order by s."at", s.event_id) as before_at
  from journey_steps s
),
meant as (
  select t.event_id, min(p.within_s) as within_s
  from steps t
  join passes p on p.before_id = t.before_id and p.after_id = t.touchpoint_id
  where cast(t.before_at as date) >= p.from_on and cast(t.before_at as date) < p.until_on
  group by t.event_id
),
moves as (
  select
    t.event_id,
    t.journey_id,
    t.customer_id,
    t."at",
    t.touchpoint_id,
    t.channel,
    t.emotion,
    t.before_id,
    t.before_channel,
    t.before_at,
    m.within_s,
    m.event_id is not null as designed
  from steps t
  left join meant m on m.event_id = t.event_id
  where
    t.before_channel is not null
    and t.channel is not null
    and (t.before_channel <> t.channel or m.event_id is not null)
),
loose as (
  select h.customer_id, h."at", h.from_touchpoint_id, h.to_touchpoint_id, h.from_channel, h.to_channel, h.accepted_at
  from handoffs h
  left join (select distinct s.journey_id from steps s) k on k.journey_id = h.case_id
  where k.journey_id is null
),
recorded as (
  select m.event_id, h.accepted_at, m.before_at, m.within_s
  from moves m
  join handoffs h on h.case_id = m.journey_id
  where
    epoch_us(h."at") >= epoch_us(m.before_at)
    and epoch_us(h."at") <= epoch_us(m."at") + $slack_us
    and coalesce(h.from_touchpoint_id, m.before_id) = m.before_id
    and coalesce(h.to_touchpoint_id, m.touchpoint_id) = m.touchpoint_id
    and coalesce(h.from_channel, m.before_channel) = m.before_channel
    and coalesce(h.to_channel, m.channel) = m.channel
  union all
  select m.event_id, h.accepted_at, m.before_at, m.within_s
  from moves m
  join loose h on h.customer_id = m.customer_id
  where
    epoch_us(h."at") >= epoch_us(m.before_at)
    and epoch_us(h."at") <= epoch_us(m."at") + $slack_us
    and coalesce(h.from_touchpoint_id, m.before_id) = m.before_id
    and coalesce(h.to_touchpoint_id, m.touchpoint_id) = m.touchpoint_id
    and coalesce(h.from_channel, m.before_channel) = m.before_channel
    and coalesce(h.to_channel, m.channel) = m.channel
),
told as (
  select
    r.event_id,
    max(case when r.accepted_at is not null then 1 else 0 end) as accepted,
    max(
      case
        when r.accepted_at is null then 0
        when r.within_s is null then 1
        when cast(epoch_us(r.accepted_at) - epoch_us(r.before_at) as double) / 1000000.0 <= r.within_s then 1
        else 0
      end
    ) as held
  from recorded r
  group by r.event_id
)
select
  m.customer_id,
  m.journey_id,
  m.event_id,
  m.before_channel as from_channel,
  m.channel as to_channel,
  m.designed,
  case
    when not m.designed then 'undesigned'
    when d.held = 1 then 'held'
    when d.accepted = 1 then 'late'
    when d.event_id is not null then 'not_accepted'
    else 'missing'
  end as state,
  m.emotion
from moves m
left join told d on d.event_id = m.event_id
