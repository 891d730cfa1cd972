-- One row a journey with a remembered score, in the period of its customer, once for everybody and once a
-- segment. A customer belongs to the period of her middle journey; her journeys in the other one are left out.
with usable as (
  select
    j.journey_id,
    coalesce(j.customer_id, j.journey_id) as person_id,
    j.customer_id,
    j.response_id,
    j.ended_at,
    j.overall,
    j.mean,
    j.peak,
    j.end_score,
    j.best,
    j.worst,
    j.duration_mean,
    j.recency_mean
  from journey_memory j
  where j.overall is not null and j.ended_at is not null
),
counted as (
  select
    u.person_id,
    u.ended_at,
    row_number() over (partition by u.person_id order by u.ended_at, u.journey_id) as place,
    count(*) over (partition by u.person_id) as journeys
  from usable u
),
middles as (
  select c.person_id, max(c.ended_at) as middle_at
  from counted c
  where c.place = floor((c.journeys + 1) / cast(2 as double))
  group by c.person_id
),
numbered as (
  select
    m.person_id,
    m.middle_at,
    row_number() over (order by m.middle_at, m.person_id) as place,
    count(*) over () as people
  from middles m
),
cut as (
  select max(n.middle_at) as cut_at
  from numbered n
  where n.place <= ceil(n.people * cast($earlier as double))
),
parted as (
  select
    u.journey_id,
    u.person_id,
    u.customer_id,
    u.response_id,
    u.ended_at,
    u.overall,
    u.mean,
    u.peak,
    u.end_score,
    u.best,
    u.worst,
    u.duration_mean,
    u.recency_mean,
    case when n.middle_at <= c.cut_at then 'earlier' else 'later' end as period,
    cast(n.place % $blocks as bigint) as block
  from usable u
  join numbered n on n.person_id = u.person_id
  cross join cut c
  where
    (n.middle_at <= c.cut_at and u.ended_at <= c.cut_at)
    or (n.middle_at > c.cut_at and u.ended_at > c.cut_at)
),
members as (
  select s.segmentation, s.segment, p.journey_id
  from segment_members s
  join parted p on s.subject = 'customer' and s.subject_id = p.customer_id
  union
  select s.segmentation, s.segment, p.journey_id
  from segment_members s
  join parted p on s.subject = 'response' and s.subject_id = p.response_id
),
placed as (
  select 'all' as segmentation, 'all' as segment, p.journey_id
  from parted p
  union all
  select m.segmentation, m.segment, m.journey_id
  from members m
)
select
  p.customer_id,
  p.person_id,
  l.segmentation,
  l.segment,
  p.period,
  p.block,
  p.journey_id,
  p.ended_at,
  p.overall,
  p.mean,
  p.peak,
  p.end_score,
  p.best,
  p.worst,
  p.duration_mean,
  p.recency_mean
from placed l
join parted p on p.journey_id = l.journey_id
