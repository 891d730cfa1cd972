-- Customers with a purchase: how many bought once, how many joined before the data begin, and their lines.
with joined as (
  select c.customer_id, min(c.joined_on) as joined_on
  from customers c
  where c.joined_on is not null
  group by c.customer_id
),
flagged as (
  select
    case when p.frequency = 0 then 1 else 0 end as one_purchase,
    case when j.joined_on < cast($begins_on as date) then 1 else 0 end as truncated,
    p.lines,
    p.total_value
  from purchases p
  left join joined j on j.customer_id = p.customer_id
)
select
  f.one_purchase,
  f.truncated,
  count(*) as customers,
  cast(sum(f.lines) as bigint) as lines,
  cast(sum(f.total_value) as decimal(18, 4)) as revenue
from flagged f
group by f.one_purchase, f.truncated
