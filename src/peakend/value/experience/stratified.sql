-- key: customer_id
-- Strata of customers alike in what they had spent before they answered: nothing, and eighths of the rest. Of high
-- value are the two highest: by what was known then, since what came later must not choose whom it is asked of.
with placed as (
  select
    m.customer_id,
    ntile(8) over (order by m.spent_before, m.customer_id) as eighth
  from money m
  where m.spent_before > 0
)
select
  m.customer_id,
  m.score,
  m.feeling,
  m.spent_after,
  cast(coalesce(p.eighth, 0) as bigint) as stratum,
  case when coalesce(p.eighth, 0) >= 7 then 1 else 0 end as high
from money m
left join placed p on p.customer_id = m.customer_id
