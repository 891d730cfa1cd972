-- One row an edge and a journey that took it: what the edges count, and what their lists of customers are of.
select
  p.segmentation,
  p.segment,
  p.kind,
  p.from_touchpoint_id,
  p.to_touchpoint_id,
  p.journey_id,
  min(p.customer_id) as customer_id,
  count(*) as transitions,
  sum(p.rework) as rework,
  sum(p.there_and_back) as there_and_back,
  count(p.emotion) as felt,
  sum(cast(p.emotion as double)) as feeling
from passages p
group by p.segmentation, p.segment, p.kind, p.from_touchpoint_id, p.to_touchpoint_id, p.journey_id
