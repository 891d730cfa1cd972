with ranked as (
  select
    r.step,
    r.wait_us,
    row_number() over (partition by r.step order by r.wait_us, r.unit_id) as place,
    count(r.wait_us) over (partition by r.step) as n
  from reaches r
  where r.wait_us is not null
),
ninth as (
  select d.step, min(d.wait_us) as p90_us
  from ranked d
  where d.place * 10 >= d.n * 9
  group by d.step
),
counted as (
  select
    r.step,
    count(*) as reached,
    median(cast(r.wait_us as double)) / 1000000.0 as median_s
  from reaches r
  group by r.step
)
select c.step, c.reached, c.median_s, h.p90_us
from counted c
left join ninth h on h.step = c.step
