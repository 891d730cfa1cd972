select m.customer_id, m.unit_id as journey_id, m.step, m.from_touchpoint, m.to_touchpoint
from moves m
where m.step = $step and m.from_touchpoint = $from and m.to_touchpoint = $to
