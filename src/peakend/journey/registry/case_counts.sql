select
  c.touchpoint_id,
  count(*) as cases,
  sum(case when c.closed_at is null then 1 else 0 end) as open_cases,
  sum(case when c.closed_at is null and c.due_at < $now then 1 else 0 end) as overdue_cases
from cases c
group by c.touchpoint_id
