with potential as (
  select l.customer_id, max(l.lifetime_value) as lifetime_value
  from lifetime_values l
  group by l.customer_id
)
select
  p.decile,
  count(*) as customers,
  cast(sum(p.revenue) as decimal(18, 4)) as revenue,
  cast(sum(p.margin) as decimal(18, 4)) as margin,
  cast(sum(p.referral + p.information + p.reference + p.other_value) as decimal(18, 4)) as other_value,
  cast(sum(p.cost_to_serve) as decimal(18, 4)) as cost_to_serve,
  cast(sum(p.acquisition) as decimal(18, 4)) as acquisition,
  cast(sum(p.retention) as decimal(18, 4)) as retention,
  cast(sum(p.other_cost) as decimal(18, 4)) as other_cost,
  cast(sum(p.profit) as decimal(18, 4)) as profit,
  max(p.profit) as highest,
  min(p.profit) as lowest,
  cast(sum(case when p.profit < 0 then 1 else 0 end) as bigint) as unprofitable,
  cast(
    sum(
      case when date_diff('day', cast(p.first_on as date), cast(p.as_of_on as date)) <= $young_days
        then 1 else 0 end
    ) as bigint
  ) as young,
  cast(sum(case when p.first_on = p.last_on then 1 else 0 end) as bigint) as bought_once,
  cast(
    sum(
      case when p.profit <= 0
        and date_diff('day', cast(p.first_on as date), cast(p.as_of_on as date)) <= $young_days
        then 1 else 0 end
    ) as bigint
  ) as young_unprofitable,
  cast(sum(l.lifetime_value) as decimal(18, 4)) as potential,
  cast(
    sum(case when p.profit <= 0 and l.lifetime_value > -p.profit then 1 else 0 end) as bigint
  ) as would_pay_back
from customer_profit p
left join potential l on l.customer_id = p.customer_id
group by p.decile
