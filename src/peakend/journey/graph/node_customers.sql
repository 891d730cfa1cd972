select j.customer_id, cast(count(*) as bigint) as journeys, cast(sum(j.events) as bigint) as events
from node_journeys j
where
  j.segmentation = $segmentation
  and j.segment = $segment
  and j.touchpoint_id = $touchpoint_id
  and j.customer_id is not null
group by j.customer_id
