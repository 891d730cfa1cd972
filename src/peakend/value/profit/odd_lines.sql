with first_bought as (
  select t.customer_id, min(t.at) as at
  from transactions t
  where t.kind = 'sale' and t.customer_id is not null and t.currency = $currency and t.at < $until
  group by t.customer_id
),
judged as (
  select
    case
      when t.currency <> $currency then 'other_currency'
      when t.at >= $until then 'after_end'
      when t.kind = 'refund' and t.customer_id is not null and (f.at is null or t.at < f.at)
        then 'refund_without_purchase'
      when t.kind = 'refund' and t.revenue > 0 then 'refund_above_zero'
      when t.kind = 'refund' and t.cost > 0 then 'refund_that_costs'
      when t.kind = 'sale' and t.revenue < 0 then 'sale_below_zero'
      when t.kind = 'sale' and t.revenue = 0 then 'sale_of_nothing'
    end as problem,
    t.customer_id,
    t.revenue
  from transactions t
  left join first_bought f on f.customer_id = t.customer_id
)
select
  j.problem,
  count(*) as lines,
  count(distinct j.customer_id) as customers,
  cast(sum(j.revenue) as decimal(18, 4)) as amount
from judged j
where j.problem is not null
group by j.problem
