-- key: customer_id, month
with running as (
  select
    m.cohort_on,
    m.month,
    m.profit,
    m.acquisition,
    m.profit - m.acquisition as own,
    cast(
      sum(m.profit - m.acquisition) over (
        partition by m.customer_id order by m.month rows between unbounded preceding and current row
      ) as double
    ) as cumulative
  from customer_months m
)
select
  r.cohort_on,
  r.month,
  cast(sum(r.profit) as decimal(18, 4)) as profit,
  cast(sum(r.acquisition) as decimal(18, 4)) as acquisition,
  sum(
    r.cumulative * r.cumulative
    - (r.cumulative - cast(r.own as double)) * (r.cumulative - cast(r.own as double))
  ) as squares
from running r
group by r.cohort_on, r.month
