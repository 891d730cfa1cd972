select j.customer_id, cast(count(*) as bigint) as journeys, cast(sum(j.transitions) as bigint) as transitions
from edge_journeys j
where
  j.segmentation = $segmentation
  and j.segment = $segment
  and j.kind = $kind
  and j.from_touchpoint_id = $from_touchpoint_id
  and j.to_touchpoint_id = $to_touchpoint_id
  and j.customer_id is not null
group by j.customer_id
