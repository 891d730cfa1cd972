with judged as (
  select
    v.change_id,
    case when r.customer_id is null then 'r/' || r.response_id else 'c/' || r.customer_id end as unit,
    case when r.answered_at < v.changed_at then 1.0 else 0.0 end as early,
    cast(a.score - q.scale_low as double) / (q.scale_high - q.scale_low) * 100 as y
  from answers a
  join asked q on q.question_id = a.question_id
  join responses r on r.response_id = a.response_id
  left join interactions i on i.event_id = r.event_id
  join versions v
    on
      v.touchpoint_id = case when q.touchpoint_id is not null or q.of_whole then q.touchpoint_id else i.touchpoint_id end
      and (v.site_id is null or v.site_id = i.site_id)
      and r.answered_at >= v.from_at
      and r.answered_at < v.to_at
  where a.state = 'answered' and a.score is not null
),
units as (
  select
    j.change_id,
    j.unit,
    sum(j.early) as nb,
    sum(1.0 - j.early) as na,
    sum(j.early * j.y) as sb,
    sum((1.0 - j.early) * j.y) as sa
  from judged j
  group by j.change_id, j.unit
)
select
  u.change_id,
  sum(u.nb) as n_before,
  sum(u.na) as n_after,
  sum(u.sb) as s_before,
  sum(u.sa) as s_after,
  sum(u.nb * u.nb) as nn_before,
  sum(u.na * u.na) as nn_after,
  sum(u.nb * u.sb) as ns_before,
  sum(u.na * u.sa) as ns_after,
  sum(u.sb * u.sb) as ss_before,
  sum(u.sa * u.sa) as ss_after,
  sum(u.na * u.nb) as na_nb,
  sum(u.na * u.sb) as na_sb,
  sum(u.sa * u.nb) as sa_nb,
  sum(u.sa * u.sb) as sa_sb,
  sum(case when u.nb > 0 then 1 else 0 end) as units_before,
  sum(case when u.na > 0 then 1 else 0 end) as units_after
from units u
group by u.change_id
