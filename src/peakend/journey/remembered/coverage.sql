select
  cast(sum(j.n_moments) as double) / nullif(sum(j.events), 0) as coverage,
  cast(sum(j.asked_together) as double) / nullif(sum(j.n_moments), 0) as asked_together
from journey_memory j
where j.overall is not null
