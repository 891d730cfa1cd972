with frames as (
  select
    s.episode_id,
    min(s.parent_id) as parent_id,
    min(s.customer_id) as customer_id,
    min(s."at") as started_at,
    max(s."at") as ended_at,
    count(*) as steps
  from steps s
  group by s.episode_id
),
ranked as (
  select
    m.episode_id,
    m.score,
    row_number() over (partition by m.episode_id order by abs(m.score) desc, m.moment, m.item_id) as by_size,
    row_number() over (partition by m.episode_id order by m.moment desc, m.item_id desc) as from_end
  from moments m
  where m.score is not null
),
remembered as (
  select
    r.episode_id,
    count(*) as scored,
    max(case when r.by_size = 1 then r.score end) as peak,
    max(case when r.from_end = 1 then r.score end) as ending,
    avg(r.score) as mean
  from ranked r
  group by r.episode_id
)
select
  $level as level,
  cast($depth as bigint) as depth,
  f.episode_id,
  f.parent_id,
  cast(row_number() over (
    partition by coalesce(f.parent_id, f.customer_id, f.episode_id) order by f.started_at, f.episode_id
  ) as bigint) as place,
  f.customer_id,
  f.started_at,
  f.ended_at,
  cast(f.steps as bigint) as steps,
  cast(coalesce(r.scored, 0) as bigint) as scored,
  r.peak,
  r.ending,
  r.mean,
  cast(r.peak + r.ending as double) / 2 as score
from frames f
left join remembered r on r.episode_id = f.episode_id
