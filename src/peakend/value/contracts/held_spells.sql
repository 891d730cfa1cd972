-- Unique spells and how many contracts have each.
select
  a.product_id,
  a.cohort_on,
  a.finished,
  a.finished_first,
  a.finished_second,
  a.lost_in,
  a.entered,
  cast(count(*) as bigint) as contracts
from ages a
group by a.product_id, a.cohort_on, a.finished, a.finished_first, a.finished_second, a.lost_in, a.entered
order by a.product_id, a.cohort_on, a.finished, a.finished_first, a.finished_second, a.lost_in, a.entered
