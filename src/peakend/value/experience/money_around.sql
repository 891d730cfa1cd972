-- key: customer_id
-- What customers spent in the days before and in those after their answer.
with bought as (
  select t.customer_id, cast(t.at as date) as day, t.revenue as amount
  from transactions t
  where t.kind in ('sale', 'refund') and t.customer_id is not null and t.currency = $currency
),
summed as (
  select
    l.customer_id,
    sum(
      case
        when date_diff('day', cast(l.answered_at as date), cast(b.day as date)) between 1 and cast($days as int)
          then b.amount
        else 0
      end
    ) as spent_after,
    sum(
      case
        when date_diff('day', cast(b.day as date), cast(l.answered_at as date)) between 0 and cast($days as int) - 1
          then b.amount
        else 0
      end
    ) as spent_before
  from latest l
  inner join bought b on b.customer_id = l.customer_id
  group by l.customer_id
)
select
  l.customer_id,
  l.score,
  l.feeling,
  cast(coalesce(s.spent_after, 0) as decimal(18, 4)) as spent_after,
  cast(coalesce(s.spent_before, 0) as decimal(18, 4)) as spent_before
from latest l
left join summed s on s.customer_id = l.customer_id
