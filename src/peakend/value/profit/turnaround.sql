with best as (
  select
    o.customer_id,
    min(case when o.profit_after >= 0 then o.lever_place end) as place
  from lever_outcomes o
  group by o.customer_id
)
select
  o.lever_set,
  count(*) as customers,
  cast(sum(case when o.profit_after >= 0 then 1 else 0 end) as bigint) as turned,
  cast(sum(o.profit_before) as decimal(18, 4)) as profit_before,
  cast(sum(o.profit_after) as decimal(18, 4)) as profit_after,
  cast(sum(case when o.profit_after >= 0 then o.profit_before else 0 end) as decimal(18, 4)) as turned_before,
  cast(sum(case when o.profit_after >= 0 then o.profit_after else 0 end) as decimal(18, 4)) as turned_after,
  cast(sum(case when b.place = o.lever_place then 1 else 0 end) as bigint) as smallest_for,
  cast(sum(case when b.place = o.lever_place then o.profit_before else 0 end) as decimal(18, 4))
    as smallest_before,
  cast(sum(case when b.place = o.lever_place then o.profit_after else 0 end) as decimal(18, 4))
    as smallest_after,
  cast(sum(case when b.place is null then 1 else 0 end) as bigint) as not_feasible,
  cast(sum(case when b.place is null then o.profit_before else 0 end) as decimal(18, 4))
    as not_feasible_before,
  cast(sum(case when o.profit_after >= 0 then o.young else 0 end) as bigint) as young_turned,
  cast(sum(case when b.place is null then o.young else 0 end) as bigint) as young_not_feasible
from lever_outcomes o
join best b on b.customer_id = o.customer_id
group by o.lever_set
