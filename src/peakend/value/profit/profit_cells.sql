with channel_sums as (
  select t.customer_id, t.channel, sum(t.revenue) as revenue
  from transactions t
  where t.customer_id is not null and t.channel is not null and t.kind = 'sale' and t.currency = $currency
  group by t.customer_id, t.channel
),
main_channels as (
  select
    c.customer_id,
    c.channel,
    row_number() over (partition by c.customer_id order by c.revenue desc, c.channel) as place
  from channel_sums c
),
site_sums as (
  select t.customer_id, t.site_id, sum(t.revenue) as revenue
  from transactions t
  where t.customer_id is not null and t.site_id is not null and t.kind = 'sale' and t.currency = $currency
  group by t.customer_id, t.site_id
),
main_sites as (
  select
    s.customer_id,
    s.site_id,
    row_number() over (partition by s.customer_id order by s.revenue desc, s.site_id) as place
  from site_sums s
)
select p.customer_id, 'all' as cut, 'all' as cell
from customer_profit p
union all
select m.subject_id as customer_id, m.segmentation as cut, m.segment as cell
from segment_members m
where m.subject = 'customer'
union all
select c.customer_id, 'main_channel' as cut, c.channel as cell
from main_channels c
where c.place = 1
union all
select s.customer_id, 'main_site' as cut, s.site_id as cell
from main_sites s
where s.place = 1
union all
select p.customer_id, 'entry_product' as cut, p.entry_product_id as cell
from customer_profit p
where p.entry_product_id is not null
union all
select p.customer_id, 'entry_channel' as cut, p.entry_channel as cell
from customer_profit p
where p.entry_channel is not null
