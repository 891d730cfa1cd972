-- t of k − 1 degrees of freedom by its expansion around the normal quantile (see following.py).
with spread as (
  select
    e.kind,
    e.from_touchpoint_id,
    e.to_touchpoint_id,
    e.transitions,
    e.journeys,
    e.customers,
    cast(e.transitions as double) / sum(cast(e.transitions as double)) over (
      partition by e.from_touchpoint_id, case when e.kind = 'start' then 1 else 0 end
    ) as share,
    e.self_loop,
    e.rework,
    e.there_and_back,
    e.wait_median_s,
    e.wait_p90_s,
    e.emotion,
    e.emotion_n,
    case
      when e.emotion_customers > 2 and e.emotion_se > 0 then
        e.emotion_se
        * (
          $z
          + cast($first as double) / (e.emotion_customers - 1)
          + cast($second as double) / (e.emotion_customers - 1) / (e.emotion_customers - 1)
          + cast($third as double) / (e.emotion_customers - 1) / (e.emotion_customers - 1)
          / (e.emotion_customers - 1)
        )
    end as half
  from edges e
)
select
  s.kind,
  s.from_touchpoint_id,
  s.to_touchpoint_id,
  s.transitions,
  s.journeys,
  s.customers,
  s.share,
  s.self_loop,
  s.rework,
  s.there_and_back,
  s.wait_median_s,
  s.wait_p90_s,
  s.emotion,
  case when s.half is not null then greatest(s.emotion - s.half, -1.0) end as emotion_low,
  case when s.half is not null then least(s.emotion + s.half, 1.0) end as emotion_high,
  s.emotion_n
from spread s
