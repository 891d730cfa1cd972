-- Least and greatest tell one touchpoint from two; only longer journeys need a count of what differs.
with sums as (
  select
    s.journey_id,
    min(s.customer_id) as customer_id,
    min(s."at") as started_at,
    max(s."at") as ended_at,
    count(*) as events,
    min(s.touchpoint_id) as first_touchpoint_id,
    max(s.touchpoint_id) as last_touchpoint_id,
    min(s.channel) as first_channel,
    max(s.channel) as last_channel
  from journey_steps s
  group by s.journey_id
),
longer as (
  select
    s.journey_id,
    count(distinct s.touchpoint_id) as touchpoints,
    count(distinct s.channel) as channels
  from journey_steps s
  join sums u on u.journey_id = s.journey_id
  where u.events > 2
  group by s.journey_id
)
select
  u.journey_id,
  u.customer_id,
  u.started_at,
  u.ended_at,
  cast(u.events as bigint) as events,
  cast(case
    when u.events > 2 then l.touchpoints
    when u.first_touchpoint_id = u.last_touchpoint_id then 1
    else 2
  end as bigint) as touchpoints,
  cast(case
    when u.events > 2 then l.channels
    when u.first_channel is null then 0
    when u.first_channel = u.last_channel then 1
    else 2
  end as bigint) as channels
from sums u
left join longer l on l.journey_id = u.journey_id
