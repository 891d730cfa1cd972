select distinct d.customer_id
from deviating d
where
  d.design_id = $design_id
  and d.version = $version
  and d.kind = $kind
  and d.step_id = $step_id
  and d.touchpoint_id = $touchpoint_id
  and d.customer_id is not null
