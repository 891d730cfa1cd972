select
  count(*) as answers,
  min(o.answered_at) as first_at,
  max(o.answered_at) as last_at
from overall_answers o
