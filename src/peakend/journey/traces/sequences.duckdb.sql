-- Sorting inside string_agg is most of the cost, and a warehouse stored in customer order hardly needs it. So
-- the steps are joined in the order they come in, with their times beside them; both lists are made of the
-- same rows in the same order. Where the times strictly rise, the sequence is the ordered one; where they
-- merely came in another order, it is sorted by them. Journeys with several events at one instant are joined
-- again in the order of the portable query.
with met as (
  select
    e.journey_id,
    min(e.customer_id) as customer_id,
    string_agg(e.step, ' → ') as sequence,
    list(epoch_us(e."at")) as times,
    cast(count(e.step) as bigint) as steps,
    avg(e.emotion) as emotion
  from events e
  group by e.journey_id
),
judged as (
  select
    m.journey_id,
    m.customer_id,
    case
      when len(list_filter(m.times, lambda x, i: m.times[i - 1] >= x)) = 0 then m.sequence
      when m.steps = len(m.times) and list_unique(m.times) = len(m.times)
        then array_to_string(list_select(string_split(m.sequence, ' → '), list_grade_up(m.times)), ' → ')
      else null
    end as sequence,
    m.steps,
    list_max(m.times) - list_min(m.times) as duration_us,
    m.emotion
  from met m
),
again as (
  select e.journey_id, string_agg(e.step, ' → ' order by e."at", e.event_id) as sequence
  from events e
  where e.journey_id in (select j.journey_id from judged j where j.sequence is null)
  group by e.journey_id
)
select j.journey_id, j.customer_id, j.sequence, j.steps, j.duration_us, j.emotion
from judged j
where j.sequence is not null
union all
select j.journey_id, j.customer_id, a.sequence, j.steps, j.duration_us, j.emotion
from judged j
join again a on a.journey_id = j.journey_id
where j.sequence is null
