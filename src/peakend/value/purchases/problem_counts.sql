select
  p.problem,
  p.currency,
  cast(sum(p.lines) as bigint) as lines,
  count(p.customer_id) as customers,
  cast(sum(p.revenue) as decimal(18, 4)) as revenue
from problem_customers p
group by p.problem, p.currency
