with moves as (
  select
    s.journey_id,
    s.customer_id,
    s.touchpoint_id,
    s."at",
    lag(s.touchpoint_id) over (partition by s.journey_id order by s."at", s.event_id) as before_id,
    lag(s."at") over (partition by s.journey_id order by s."at", s.event_id) as before_at
  from journey_steps s
)
select
  m.customer_id,
  j.journey_id,
  j.design_id,
  j.version,
  'late' as kind,
  p.step_id,
  p.touchpoint_id
from moves m
join judged j on j.journey_id = m.journey_id
join paces p
  on p.design_id = j.design_id
  and p.version = j.version
  and p.before_id = m.before_id
  and p.touchpoint_id = m.touchpoint_id
where cast(epoch_us(m."at") - epoch_us(m.before_at) as double) / 1000000.0 > p.within_s
group by m.customer_id, j.journey_id, j.design_id, j.version, p.step_id, p.touchpoint_id
