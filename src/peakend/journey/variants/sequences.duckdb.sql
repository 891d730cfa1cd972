-- Sorting inside string_agg is most of the cost, and a warehouse stored in customer order hardly needs it. So
-- the steps are joined in the order they come in, with the times beside them; both lists are made of the same
-- rows in the same order. Where the times strictly rise, the sequence is the ordered one. All other journeys
-- (met out of order, or with events at one instant) are joined again, in the order of the portable query.
with met as (
  select
    e.journey_id,
    min(e.customer_id) as customer_id,
    string_agg(e.step, ' → ') as sequence,
    list(epoch_us(e."at")) as times,
    count(e.step) as steps,
    count(*) as events,
    epoch_us(max(e."at")) - epoch_us(min(e."at")) as duration_us,
    avg(e.emotion) as emotion
  from events e
  group by e.journey_id
),
judged as (
  select
    m.journey_id, m.customer_id, m.sequence, m.steps, m.duration_us, m.emotion,
    m.events = 1 or len(list_filter(m.times, lambda x, i: m.times[i - 1] >= x)) = 0 as rising
  from met m
),
again as (
  select e.journey_id, string_agg(e.step, ' → ' order by e."at", e.event_id) as sequence
  from events e
  where e.journey_id in (select j.journey_id from judged j where not j.rising)
  group by e.journey_id
)
select
  j.journey_id,
  j.customer_id,
  case when j.rising then j.sequence else a.sequence end as sequence,
  cast(j.steps as bigint) as steps,
  j.duration_us,
  j.emotion
from judged j
left join again a on a.journey_id = j.journey_id
