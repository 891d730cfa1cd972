-- Sums by category, day and segment: what means, ratios and their errors need of any number of customers.
with placed as (
  select 'all' as segmentation, 'all' as segment, c.customer_id, c.category, c.as_of_on
  from customer_wallets c
  union all
  select m.segmentation, m.segment, c.customer_id, c.category, c.as_of_on
  from customer_wallets c
  join segment_members m on m.subject = 'customer' and m.subject_id = c.customer_id
),
valued as (
  select
    p.segmentation,
    p.segment,
    c.category,
    c.as_of_on,
    c.stated_share as s,
    c.rule_share as r,
    case when c.spend_fault is null then c.own_spend end as own,
    case when c.spend_fault is null then c.total_spend end as total
  from placed p
  join customer_wallets c
    on c.customer_id = p.customer_id and c.category = p.category and c.as_of_on = p.as_of_on
)
select
  v.category,
  v.as_of_on,
  v.segmentation,
  v.segment,
  cast(count(v.s) as bigint) as stated_n,
  coalesce(sum(v.s), 0.0) as stated_sum,
  coalesce(sum(v.s * v.s), 0.0) as stated_squares,
  cast(coalesce(sum(v.own), 0) as decimal(18, 4)) as own_spend,
  cast(coalesce(sum(v.total), 0) as decimal(18, 4)) as total_spend,
  coalesce(sum(cast(v.own as double) * cast(v.own as double)), 0.0) as own_squares,
  coalesce(sum(cast(v.own as double) * cast(v.total as double)), 0.0) as products,
  coalesce(sum(cast(v.total as double) * cast(v.total as double)), 0.0) as total_squares,
  cast(count(v.r) as bigint) as rule_n,
  coalesce(sum(v.r), 0.0) as rule_sum,
  coalesce(sum(v.r * v.r), 0.0) as rule_squares
from valued v
group by v.category, v.as_of_on, v.segmentation, v.segment
order by v.category, v.as_of_on, v.segmentation, v.segment
