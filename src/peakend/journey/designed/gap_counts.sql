with firsts as (
  select
    m.customer_id,
    m.journey_id,
    m.event_id,
    m.from_channel,
    m.to_channel,
    m.designed,
    m.state,
    case when m.state = 'held' then 0 else 1 end as telling,
    row_number() over (
      partition by m.from_channel, m.to_channel, m.designed, m.journey_id
      order by case when m.state = 'held' then 1 else 0 end, m.event_id
    ) as within_journey
  from channel_moves m
),
numbered as (
  select
    f.customer_id,
    f.journey_id,
    f.from_channel,
    f.to_channel,
    f.designed,
    f.state,
    f.telling,
    f.within_journey,
    row_number() over (
      partition by f.from_channel, f.to_channel, f.designed
      order by f.within_journey, f.telling desc, f.journey_id, f.event_id
    ) as number
  from firsts f
)
select
  n.from_channel,
  n.to_channel,
  n.designed,
  cast(count(*) as bigint) as n,
  cast(count(distinct n.customer_id) as bigint) as customers,
  cast(sum(case when n.state = 'missing' then 1 else 0 end) as bigint) as missing,
  cast(sum(case when n.state = 'not_accepted' then 1 else 0 end) as bigint) as not_accepted,
  cast(sum(case when n.state = 'late' then 1 else 0 end) as bigint) as late,
  max(case when n.number = 1 and n.telling = 1 and n.within_journey = 1 then n.journey_id end) as example_1,
  max(case when n.number = 2 and n.telling = 1 and n.within_journey = 1 then n.journey_id end) as example_2,
  max(case when n.number = 3 and n.telling = 1 and n.within_journey = 1 then n.journey_id end) as example_3
from numbered n
group by n.from_channel, n.to_channel, n.designed
