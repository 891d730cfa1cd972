with answered as (
  select r.response_id, r.customer_id, epoch_us(r.answered_at) as at_us
  from responses r
  where r.customer_id is not null and r.answered_at is not null
),
lines as (
  select t.customer_id, t.currency, t.revenue, epoch_us(t.at) as at_us
  from transactions t
  where t.customer_id is not null and t.revenue is not null and ($currency = '' or t.currency = $currency)
),
span as (
  select min(l.at_us) as first_us, max(l.at_us) as last_us
  from lines l
),
known as (
  select l.customer_id, min(l.currency) as lowest, max(l.currency) as highest
  from lines l
  group by l.customer_id
)
select
  a.response_id,
  min(k.lowest) as lowest_currency,
  max(k.highest) as highest_currency,
  cast(sum(case when l.at_us > a.at_us and l.at_us <= a.at_us + $window_us then l.revenue else 0 end) as double)
    as revenue_after,
  cast(sum(case when l.at_us <= a.at_us and l.at_us > a.at_us - $window_us then l.revenue else 0 end) as double)
    as revenue_before
from answered a
join known k on k.customer_id = a.customer_id
join lines l on l.customer_id = a.customer_id
cross join span s
where s.last_us >= a.at_us + $window_us and s.first_us <= a.at_us - $window_us
group by a.response_id
