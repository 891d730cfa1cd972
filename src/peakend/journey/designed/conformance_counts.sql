select
  j.design_id,
  j.version,
  cast(count(*) as bigint) as journeys,
  cast(count(distinct j.customer_id) as bigint) as customers,
  cast(sum(j.checked) as bigint) as checked,
  cast(sum(j.conforming) as bigint) as conforming,
  avg(j.fitness) as fitness,
  stddev_samp(j.fitness) as fitness_sd
from judged j
group by j.design_id, j.version
