-- One row a touchpoint and a journey that met it: what the nodes count, and what their lists of customers are of.
select
  v.segmentation,
  v.segment,
  v.touchpoint_id,
  v.journey_id,
  min(v.customer_id) as customer_id,
  count(*) as events,
  min(v.place) as place,
  max(v.ends) as ends,
  count(v.emotion) as felt,
  sum(cast(v.emotion as double)) as feeling
from visits v
group by v.segmentation, v.segment, v.touchpoint_id, v.journey_id
