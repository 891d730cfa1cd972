select
  g.initiative_id,
  g.arm,
  cast(count(*) as bigint) as customers,
  min(g.randomised) as randomised,
  cast(count(g.overall) as bigint) as overall_n,
  sum(g.overall) as overall_sum,
  sum(g.overall * g.overall) as overall_squares,
  cast(count(g.end_score) as bigint) as end_n,
  sum(g.end_score) as end_sum,
  sum(g.end_score * g.end_score) as end_squares,
  cast(count(g.bought) as bigint) as bought_n,
  sum(g.bought) as bought_sum,
  sum(g.bought) as bought_squares,
  cast(count(g.revenue) as bigint) as revenue_n,
  sum(g.revenue) as revenue_sum,
  sum(g.revenue * g.revenue) as revenue_squares
from gestures g
group by g.initiative_id, g.arm
