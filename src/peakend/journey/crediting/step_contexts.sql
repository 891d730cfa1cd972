-- One row a step after which it is known what came: the last three touchpoints ($before where there was
-- none), what came next ($stop: nothing), and the window of the journey.
-- key: journey_id, place
with spans as (
  select
    s.journey_id,
    min(coalesce(s.customer_id, s.journey_id)) as customer_id,
    min(s."at") as started_at,
    max(s."at") as ended_at
  from journey_steps s
  group by s.journey_id
),
placed as (
  select
    p.journey_id,
    p.customer_id,
    p.ended_at,
    case
      when p.ended_at < $choose_from then 'fit'
      when p.started_at >= $choose_from and p.ended_at < $report_from then 'choose'
      when p.started_at >= $report_from then 'report'
      else 'between'
    end as part
  from spans p
),
customers as (
  select p.customer_id
  from placed p
  group by p.customer_id
),
grouped as (
  select c.customer_id, (row_number() over (order by c.customer_id) - 1) % $groups as customer_group
  from customers c
),
walked as (
  select
    s.journey_id,
    p.customer_id,
    g.customer_group,
    p.part,
    p.ended_at,
    s.event_id,
    s."at",
    coalesce(n.number, $other) as last_number,
    lag(coalesce(n.number, $other), 1, $before) over (
      partition by s.journey_id order by s.place
    ) as second_number,
    lag(coalesce(n.number, $other), 2, $before) over (
      partition by s.journey_id order by s.place
    ) as third_number,
    lead(coalesce(n.number, $other), 1, $stop) over (
      partition by s.journey_id order by s.place
    ) as next_number
  from journey_steps s
  join placed p on p.journey_id = s.journey_id
  join grouped g on g.customer_id = p.customer_id
  left join numbers n on n.touchpoint_id = s.touchpoint_id
)
select
  w.journey_id,
  w.customer_id,
  w.customer_group,
  w.part,
  w.event_id,
  w."at",
  w.third_number,
  w.second_number,
  w.last_number,
  w.next_number
from walked w
where w.next_number <> $stop or epoch_us(w.ended_at) <= $quiet_until_us
