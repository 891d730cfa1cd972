with cut as (
  select 'all' as segmentation, 'all' as segment, r.unit_id, r.step, r.wait_us
  from reached r
  union all
  select m.segmentation, m.segment, r.unit_id, r.step, r.wait_us
  from reached r
  join segment_members m on m.subject = 'customer' and m.subject_id = r.customer_id
),
counted as (
  select
      c.segmentation,
    c.segment,
    c.step,
    count(*) as reached,
    median(cast(c.wait_us as double)) / 1000000.0 as median_s
  from cut c
  group by c.segmentation, c.segment, c.step
),
ranked as (
  select
      c.segmentation,
    c.segment,
    c.step,
    c.wait_us,
    row_number() over (
      partition by c.segmentation, c.segment, c.step
      order by c.wait_us, c.unit_id
    ) as place,
    count(*) over (partition by c.segmentation, c.segment, c.step) as n
  from cut c
  where c.wait_us is not null
),
ninth as (
  select r.segmentation, r.segment, r.step, min(r.wait_us) as p90_us
  from ranked r
  where r.place * 10 >= r.n * 9
  group by r.segmentation, r.segment, r.step
)
select
  c.segmentation,
  c.segment,
  cast(c.step as bigint) as step,
  cast(c.reached as bigint) as reached,
  c.median_s,
  cast(n.p90_us as double) / 1000000.0 as p90_s
from counted c
left join ninth n
  on n.segmentation = c.segmentation and n.segment = c.segment and n.step = c.step
