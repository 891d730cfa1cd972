select
  l.customer_id,
  l.journey_id,
  d.design_id,
  d.version,
  d.kind,
  d.step_id,
  d.touchpoint_id
from lived l
join differences d on d.variant = l.variant and d.era = l.era
where l.spelled
union all
select t.customer_id, t.journey_id, t.design_id, t.version, t.kind, t.step_id, t.touchpoint_id
from late t
