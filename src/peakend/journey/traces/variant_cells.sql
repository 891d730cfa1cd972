select
  p.segmentation,
  p.segment,
  p.place,
  cast(count(distinct p.variant) as bigint) as variants,
  cast(count(*) as bigint) as journeys,
  cast(count(distinct p.customer_id) as bigint) as customers,
  median(p.duration_us) / 1000000.0 as median_s,
  avg(p.emotion) as emotion,
  stddev_samp(p.emotion) as emotion_sd,
  cast(count(p.emotion) as bigint) as emotion_n
from placed_journeys p
group by p.segmentation, p.segment, p.place
