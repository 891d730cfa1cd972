with sheets as (
  select
    c.check_id,
    min(c.touchpoint_id) as touchpoint_id,
    min(c.site_id) as site_id,
    min(c.customer_id) as customer_id,
    min(c.due_at) as due_at,
    min(c.arrived_at) as arrived_at,
    cast(count(case when c.required then 1 end) as bigint) as required_items,
    cast(count(case when c.required and coalesce(c.score, 0) < 1 then 1 end) as bigint) as required_missed
  from service_checks c
  where c.touchpoint_id is not null
  group by c.check_id
),
aspects as (
  select
    c.check_id,
    c.aspect,
    cast(sum(coalesce(c.weight, 1) * c.score) as double) / sum(coalesce(c.weight, 1)) as value
  from service_checks c
  where
    c.touchpoint_id is not null
    and c.score is not null
    and c.aspect in ('timeliness', 'conduct', 'quality', 'manner', 'procedure', 'efficiency')
    and coalesce(c.weight, 1) > 0
  group by c.check_id, c.aspect
)
select s.check_id, s.touchpoint_id, s.site_id, s.customer_id, a.aspect as measure, a.value
from sheets s
join aspects a on a.check_id = s.check_id
union all
select
  s.check_id,
  s.touchpoint_id,
  s.site_id,
  s.customer_id,
  'on_time' as measure,
  case when s.arrived_at <= s.due_at then 1.0 else 0.0 end as value
from sheets s
where s.due_at is not null and s.arrived_at is not null
union all
select
  s.check_id,
  s.touchpoint_id,
  s.site_id,
  s.customer_id,
  'checklist' as measure,
  case when s.required_missed = 0 then 1.0 else 0.0 end as value
from sheets s
where s.required_items > 0
