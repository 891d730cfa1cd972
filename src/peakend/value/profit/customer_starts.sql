with dated as (
  select
    p.customer_id,
    coalesce(p.first_on, c.joined_on) as start_on,
    case when p.first_on is not null then 1 else 0 end as bought,
    case when c.joined_on < $data_from then 1 else 0 end as older,
    coalesce(p.entry_product_id, '') as entry_product,
    coalesce(p.entry_channel, '') as entry_channel,
    p.profit,
    p.acquisition
  from customer_profit p
  left join customers c on c.customer_id = p.customer_id
)
select
  d.customer_id,
  cast(date_trunc('month', d.start_on) as date) as cohort_on,
  12 * year(d.start_on) + month(d.start_on) as cohort_month,
  d.bought,
  d.entry_product,
  d.entry_channel,
  d.profit,
  d.acquisition
from dated d
where d.start_on is not null and d.older = 0 and d.start_on >= $data_from and d.start_on < $until
