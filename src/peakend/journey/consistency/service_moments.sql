with measured as (
  select
    i.touchpoint_id,
    i.channel,
    i.site_id,
    i."at",
    i.emotion,
    case when i.duration_s > 0 then ln(i.duration_s) end as ln_duration,
    case
      when t.service_level_s is null or i.duration_s is null then null
      when i.duration_s <= t.service_level_s then 1
      else 0
    end as in_time
  from interactions i
  left join touchpoints t on t.touchpoint_id = i.touchpoint_id
  where i.touchpoint_id is not null and epoch_us(i."at") >= 0 and i."at" <= $now
)
select
  m.touchpoint_id,
  m.channel,
  m.site_id,
  cast(date_trunc('week', m."at") as date) as week_start,
  cast(date_trunc('month', m."at") as date) as month_start,
  cast(count(m.ln_duration) as bigint) as duration_n,
  sum(m.ln_duration) as duration_sum,
  sum(m.ln_duration * m.ln_duration) as duration_squares,
  cast(count(m.in_time) as bigint) as in_time_n,
  cast(sum(m.in_time) as double) as in_time_sum,
  cast(count(m.emotion) as bigint) as emotion_n,
  sum(m.emotion) as emotion_sum,
  sum(m.emotion * m.emotion) as emotion_squares
from measured m
group by m.touchpoint_id, m.channel, m.site_id, cast(date_trunc('week', m."at") as date), cast(date_trunc('month', m."at") as date)
