with joined as (
  select c.customer_id, min(c.joined_on) as joined_on
  from customers c
  where c.joined_on is not null
  group by c.customer_id
),
aged as (
  select
    p.customer_id,
    p.frequency,
    p.first_on,
    p.last_on,
    p.first_value,
    p.total_value,
    date_diff('day', cast(p.first_on as date), cast(p.last_on as date)) as recency_days,
    date_diff('day', cast(p.first_on as date), cast($as_of as date)) as age_days,
    case when j.joined_on is null then null when j.joined_on < cast($begins_on as date) then 1 else 0 end
      as truncated
  from purchases p
  left join joined j on j.customer_id = p.customer_id
)
select
  a.customer_id,
  a.frequency,
  cast(a.recency_days as bigint) as recency_days,
  cast(a.age_days as bigint) as age_days,
  case
    when $include_first = 1 then cast(a.total_value as double) / cast(a.frequency + 1 as double)
    when a.frequency > 0 then cast(a.total_value - a.first_value as double) / cast(a.frequency as double)
  end as monetary_value,
  a.first_value,
  a.total_value,
  a.first_on,
  a.last_on,
  a.truncated = 1 as left_truncated,
  cast($as_of as date) as as_of_on,
  cast($currency as varchar) as currency
from aged a
where $keep_truncated = 1 or coalesce(a.truncated, 0) = 0
