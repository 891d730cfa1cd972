-- key: customer_id, factor
-- What a unit is worth to a customer: by a segment of theirs where one is priced, else as to everybody.
with people as (
  select u.customer_id from units u group by u.customer_id
),
own as (
  select m.subject_id as customer_id, f.factor, max(f.amount_per_unit) as amount
  from value_factors f
  inner join segment_members m
    on m.segmentation = f.segmentation and m.segment = f.segment and m.subject = 'customer'
  where f.segment <> '*' and f.currency = $currency
  group by m.subject_id, f.factor
),
everybody as (
  select f.factor, max(f.amount_per_unit) as amount
  from value_factors f
  where f.segment = '*' and f.currency = $currency
  group by f.factor
),
names as (
  select f.factor from value_factors f where f.currency = $currency group by f.factor
)
select p.customer_id, n.factor, coalesce(o.amount, e.amount) as amount
from people p
cross join names n
left join everybody e on e.factor = n.factor
left join own o on o.customer_id = p.customer_id and o.factor = n.factor
where coalesce(o.amount, e.amount) is not null
