with placed as (
  select
    e.unit_id,
    e.customer_id,
    e.touchpoint_id,
    row_number() over (partition by e.unit_id order by e."at", e.event_id) as step,
    lead(e.touchpoint_id, 1) over (partition by e.unit_id order by e."at", e.event_id) as next_id
  from events e
),
shown as (
  select p.unit_id, p.customer_id, p.touchpoint_id, p.step, p.next_id
  from placed p
  where p.step <= $depth
),
met as (
  select s.touchpoint_id, count(*) as n
  from shown s
  group by s.touchpoint_id
  union all
  select s.next_id as touchpoint_id, count(*) as n
  from shown s
  where s.step = $depth and s.next_id is not null
  group by s.next_id
),
summed as (
  select m.touchpoint_id, sum(m.n) as n
  from met m
  group by m.touchpoint_id
),
ranked as (
  select s.touchpoint_id, row_number() over (order by s.n desc, s.touchpoint_id) as place
  from summed s
),
kept as (
  select r.touchpoint_id
  from ranked r
  where r.place <= $kept
)
select
  s.customer_id,
  s.unit_id,
  cast(s.step as bigint) as step,
  coalesce(f.touchpoint_id, $other) as from_touchpoint,
  case when s.next_id is null then $end else coalesce(t.touchpoint_id, $other) end as to_touchpoint
from shown s
left join kept f on f.touchpoint_id = s.touchpoint_id
left join kept t on t.touchpoint_id = s.next_id
