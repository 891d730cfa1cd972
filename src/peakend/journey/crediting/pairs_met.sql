-- One row a journey and ordered pair of touchpoints it met; eventual: the second came at any time after the
-- first; direct: it came next at least once.
with met as (
  select
    a.journey_id,
    a.customer_id,
    a.customer_group,
    a.converted,
    a.number,
    min(a.place) as first_place,
    max(a.place) as last_place
  from attributed_steps a
  group by a.journey_id, a.customer_id, a.customer_group, a.converted, a.number
),
next_to as (
  select a.journey_id, a.number, a.next_number
  from attributed_steps a
  where a.next_number is not null
  group by a.journey_id, a.number, a.next_number
)
select
  f.journey_id,
  f.customer_id,
  f.customer_group,
  f.converted,
  f.number as first_number,
  s.number as second_number,
  case when f.first_place < s.last_place then 1 else 0 end as eventual,
  case when d.journey_id is not null then 1 else 0 end as direct
from met f
join met s on s.journey_id = f.journey_id and s.number <> f.number
left join next_to d
  on d.journey_id = f.journey_id and d.number = f.number and d.next_number = s.number
