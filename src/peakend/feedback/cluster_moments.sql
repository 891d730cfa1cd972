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
    survey_id,
    month_on,
    touchpoint_id,
    cut,
    question_id,
    cluster,
    count(*) as n,
    sum(w) as w,
    sum(w * y) as wy,
    sum(w * y_second) as wy_second,
    sum(w * w) as w2,
    sum(w * w * y) as w2y,
    sum(w * w * y * y) as w2yy,
    sum(w * w * y_second) as w2y_second,
    sum(w * w * y_second * y_second) as w2yy_second
  from weighed
  where w is not null
  group by survey_id, month_on, touchpoint_id, cut, question_id, cluster
)
select
  survey_id,
  month_on,
  touchpoint_id,
  cut,
  question_id,
  sum(case when cluster is null then n else 1 end) as units,
  sum(case when cluster is null then w2 else w * w end) as ww,
  sum(case when cluster is null then w2y else w * wy end) as wy,
  sum(case when cluster is null then w2yy else wy * wy end) as yy,
  sum(case when cluster is null then w2y_second else w * wy_second end) as wy_second,
  sum(case when cluster is null then w2yy_second else wy_second * wy_second end) as yy_second
from per_cluster
group by survey_id, month_on, touchpoint_id, cut, question_id
