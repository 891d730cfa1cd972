with weighed as (
  select t.cluster, case when $weighted then t.weight else cast(1 as double) end as w, p.y
  from stored t
  join points p on p.score = t.score
),
per_cluster as (
  select
    x.cluster,
    count(*) as n,
    sum(x.w) as w_sum,
    sum(x.w * x.y) as y_sum,
    sum(x.w * x.w) as own_ww,
    sum(x.w * x.w * x.y) as own_wy,
    sum(x.w * x.w * x.y * x.y) as own_yy
  from weighed x
  group by x.cluster
)
select
  sum(case when c.cluster is null then c.n else 1 end) as units,
  sum(case when c.cluster is null then c.own_ww else c.w_sum * c.w_sum end) as ww,
  sum(case when c.cluster is null then c.own_wy else c.w_sum * c.y_sum end) as wy,
  sum(case when c.cluster is null then c.own_yy else c.y_sum * c.y_sum end) as yy
from per_cluster c
