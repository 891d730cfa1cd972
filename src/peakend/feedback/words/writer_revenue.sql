with wrote as (
  select r.customer_id
  from writers r
  where r.customer_id is not null
  group by r.customer_id
)
select t.customer_id, cast(sum(t.revenue) as decimal(18, 4)) as revenue
from transactions t
join wrote w on w.customer_id = t.customer_id
where t.kind in ('sale', 'refund') and t.currency = $currency and t.at > cast($since as timestamp)
group by t.customer_id
