select distinct p.customer_id
from placed_journeys p
where
  p.segmentation = $segmentation
  and p.segment = $segment
  and p.place = $place
  and p.customer_id is not null
