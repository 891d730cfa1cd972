with weighed as (
  select
    r.survey_id,
    r.month_on,
    r.touchpoint_id,
    r.cluster,
    k.cut,
    a.question_id,
    case when d.weighted then r.weight else cast(1 as double) end as w,
    v.y,
    v.y_second
  from answers a
  join points v on v.question_id = a.question_id and v.score = a.score
  join respondents r on r.response_id = a.response_id
  join clustered_surveys d on d.survey_id = r.survey_id
  join profile_cuts k on k.profile = r.profile
  where a.state = 'answered'
),
per_cluster as (
  select
    x.survey_id,
    x.month_on,
    x.touchpoint_id,
    x.cut,
    x.question_id,
    x.cluster,
    count(*) as n,
    sum(x.w) as w_sum,
    sum(x.w * x.y) as y_sum,
    sum(x.w * x.y_second) as y_second_sum,
    sum(x.w * x.w) as own_ww,
    sum(x.w * x.w * x.y) as own_wy,
    sum(x.w * x.w * x.y * x.y) as own_yy,
    sum(x.w * x.w * x.y_second) as own_wy_second,
    sum(x.w * x.w * x.y_second * x.y_second) as own_yy_second
  from weighed x
  where x.w is not null
  group by x.survey_id, x.month_on, x.touchpoint_id, x.cut, x.question_id, x.cluster
)
select
  p.survey_id,
  p.month_on,
  p.touchpoint_id,
  p.cut,
  p.question_id,
  sum(case when p.cluster is null then p.n else 1 end) as units,
  sum(case when p.cluster is null then p.own_ww else p.w_sum * p.w_sum end) as ww,
  sum(case when p.cluster is null then p.own_wy else p.w_sum * p.y_sum end) as wy,
  sum(case when p.cluster is null then p.own_yy else p.y_sum * p.y_sum end) as yy,
  sum(case when p.cluster is null then p.own_wy_second else p.w_sum * p.y_second_sum end) as wy_second,
  sum(case when p.cluster is null then p.own_yy_second else p.y_second_sum * p.y_second_sum end) as yy_second
from per_cluster p
group by p.survey_id, p.month_on, p.touchpoint_id, p.cut, p.question_id
