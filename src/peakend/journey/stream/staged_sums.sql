-- What a mean, its interval and a correlation need; of a whole programme (scope programme) and of a touchpoint.
with scoped as (
  select
    'programme' as scope, s.origin, s.programme, cast(null as varchar) as touchpoint_id, s.aspect, s.item, s.unit_id,
    s.customer_id, s.weight, s.score, s.satisfaction
  from scores s
  union all
  select
    'touchpoint' as scope, s.origin, s.programme, s.touchpoint_id, s.aspect, s.item, s.unit_id, s.customer_id,
    s.weight, s.score, s.satisfaction
  from scores s
  where s.touchpoint_id is not null
)
select
  c.scope,
  c.origin,
  c.programme,
  c.touchpoint_id,
  c.aspect,
  c.item,
  cast(count(*) as bigint) as n,
  cast(count(distinct coalesce(c.customer_id, '#' || c.unit_id)) as bigint) as people,
  cast(count(distinct c.customer_id) as bigint) as customers,
  sum(c.weight) as w,
  sum(c.weight * c.weight) as ww,
  sum(c.weight * c.score) as wx,
  sum(c.weight * c.score * c.score) as wxx,
  cast(count(c.satisfaction) as bigint) as pairs,
  cast(count(distinct case
    when c.satisfaction is not null then coalesce(c.customer_id, '#' || c.unit_id)
  end) as bigint) as paired_people,
  sum(case when c.satisfaction is not null then c.score end) as x,
  sum(case when c.satisfaction is not null then c.score * c.score end) as xx,
  sum(c.satisfaction) as y,
  sum(c.satisfaction * c.satisfaction) as yy,
  sum(c.score * c.satisfaction) as xy
from scoped c
group by c.scope, c.origin, c.programme, c.touchpoint_id, c.aspect, c.item
