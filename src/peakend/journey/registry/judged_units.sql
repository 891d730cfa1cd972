with hits as (
  select
    t.place,
    j.unit,
    j.w,
    j.y,
    case when j.y >= t.threshold then 1.0 else 0.0 end as hit
  from judged j
  join thresholds t on t.touchpoint_id = j.touchpoint_id
),
units as (
  select
    h.place,
    h.unit,
    count(*) as n,
    sum(h.w) as w,
    sum(h.w * h.w) as w2,
    sum(h.y) as y,
    sum(h.y * h.y) as yy,
    sum(h.w * h.y) as wy,
    sum(h.w * h.y * h.y) as wyy,
    sum(h.hit) as h,
    sum(h.w * h.hit) as wh,
    min(h.y) as lowest,
    max(h.y) as highest
  from hits h
  group by h.place, h.unit
)
select
  u.place,
  cast(sum(u.n) as bigint) as n,
  count(*) as units,
  sum(u.w) as w,
  sum(u.w2) as w2,
  sum(u.y) as y,
  sum(u.yy) as yy,
  sum(u.wy) as wy,
  sum(u.wyy) as wyy,
  sum(u.h) as h,
  sum(u.wh) as wh,
  sum(u.w * u.w) as ww,
  sum(u.w * u.wy) as wy_units,
  sum(u.wy * u.wy) as yy_units,
  sum(u.w * u.wh) as wh_units,
  sum(u.wh * u.wh) as hh_units,
  min(u.lowest) as lowest,
  max(u.highest) as highest
from units u
group by u.place
