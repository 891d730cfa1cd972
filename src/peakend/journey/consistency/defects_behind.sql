select d.customer_id, d.defect_id, d."at", d.touchpoint_id, d.channel, d.kind, d.severity, d.fixed_at
from defects d
where
  d.touchpoint_id = $touchpoint
  and ($cut = 'all' or ($cut = 'channel' and d.channel = $place))
order by d."at", d.defect_id
