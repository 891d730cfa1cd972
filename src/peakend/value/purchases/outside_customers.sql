-- Lines that cannot be part of a purchase, by the first reason that holds and customer; all others are in question.
with late as (
  select t.customer_id
  from transactions t
  where t.at >= cast($until as timestamp) and t.customer_id is not null
  group by t.customer_id
),
born as (
  select l.customer_id
  from late l
  inner join transactions t on t.customer_id = l.customer_id
  where t.kind = 'sale' and t.currency = $currency and t.revenue is not null and t.at < cast($until as timestamp)
  group by l.customer_id
),
lines as (
  select
    t.customer_id,
    t.currency,
    t.revenue,
    case
      when t.currency <> $currency then 'other_currency'
      when t.kind = 'fee' then 'fee'
      when t.kind = 'adjustment' then 'adjustment'
      when t.kind <> 'sale' and t.kind <> 'refund' then 'other_kind'
      when t.at is null then 'missing_time'
      when t.customer_id is null then 'missing_customer'
      when t.revenue is null then 'missing_amount'
      when t.at >= cast($until as timestamp) and b.customer_id is null then 'born_after_end'
      when t.at >= cast($until as timestamp) then 'after_end'
      when t.kind = 'refund' and t.revenue > 0 then 'positive_refund'
      else 'in_question'
    end as problem
  from transactions t
  left join born b on b.customer_id = t.customer_id
)
select
  l.problem,
  l.currency,
  case when l.problem <> 'in_question' then l.customer_id end as customer_id,
  count(*) as lines,
  cast(coalesce(sum(l.revenue), 0) as decimal(18, 4)) as revenue
from lines l
group by l.problem, l.currency, case when l.problem <> 'in_question' then l.customer_id end
