with spans as (
  select s.journey_id, min(s."at") as started_at, max(s."at") as ended_at
  from journey_steps s
  group by s.journey_id
),
ranked as (
  select
    p.started_at,
    row_number() over (order by p.started_at, p.journey_id) as place,
    count(*) over () as journeys
  from spans p
)
select
  min(case when r.place > $fit * r.journeys then r.started_at end) as choose_from,
  min(case when r.place > $choose * r.journeys then r.started_at end) as report_from,
  (select max(p.ended_at) from spans p) as observed_until,
  cast(max(r.journeys) as bigint) as journeys
from ranked r
