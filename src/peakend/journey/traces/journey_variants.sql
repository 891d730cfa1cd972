select
  s.journey_id,
  s.customer_id,
  case
    when length(s.sequence) <= $longest then s.sequence
    else substring(s.sequence, 1, cast($longest as integer)) || ' … ' || md5(s.sequence)
  end as variant,
  length(s.sequence) <= $longest as spelled,
  s.steps,
  s.duration_us,
  s.emotion
from sequences s
