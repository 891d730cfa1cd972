with chosen as (
  select
    o.journey_id,
    o.customer_id,
    case
      when $outcome = 'repurchase' then o.repurchased
      when $outcome = 'churn' then o.churned
      else o.complained
    end as happened,
    case when $outcome = 'complaint' then o.complained_at end as cut_at
  from journey_outcomes o
)
select
  c.journey_id,
  c.customer_id,
  case when c.happened then 1 else 0 end as converted,
  c.cut_at
from chosen c
where c.happened is not null
