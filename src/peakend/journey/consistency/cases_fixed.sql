with followed as (
  select
    c.case_id,
    c.customer_id,
    c.touchpoint_id,
    c.closed_at,
    lead(c.opened_at) over (
      partition by c.customer_id, c.touchpoint_id, c.kind
      order by c.opened_at, c.case_id
    ) as opened_again_at
  from cases c
  where c.customer_id is not null and c.touchpoint_id is not null
),
last_opened as (
  select max(c.opened_at) as until_at from cases c
),
visited as (
  select s.case_id, min(s.site_id) as site_id
  from service_checks s
  where s.case_id is not null
  group by s.case_id
)
select
  f.case_id,
  f.customer_id,
  f.touchpoint_id,
  v.site_id,
  case
    when f.opened_again_at is not null
      and epoch_us(f.opened_again_at) - epoch_us(f.closed_at) <= 2592000000000 then 0.0
    else 1.0
  end as value
from followed f
join visited v on v.case_id = f.case_id
cross join last_opened l
where f.closed_at is not null and epoch_us(l.until_at) - epoch_us(f.closed_at) >= 2592000000000
