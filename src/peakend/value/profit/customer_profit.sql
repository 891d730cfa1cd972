with bought as (
  select
    l.customer_id,
    sum(l.revenue) as revenue,
    sum(l.product_cost) as product_cost,
    sum(case when l.cost_from = 'unknown' then l.revenue end) as revenue_without_cost,
    sum(case when l.cost_from = 'unknown' then 1 else 0 end) as lines_without_cost,
    min(case when l.kind = 'sale' then l.at end) as first_at,
    max(case when l.kind = 'sale' then l.at end) as last_at
  from profit_lines l
  where l.customer_id is not null and l.kind in ('sale', 'refund')
  group by l.customer_id
),
first_lines as (
  select
    l.customer_id,
    l.product_id,
    l.channel,
    row_number() over (partition by l.customer_id order by l.transaction_id) as place
  from profit_lines l
  join bought b on b.customer_id = l.customer_id and b.first_at = l.at
  where l.kind = 'sale'
),
booked as (
  select
    e.customer_id,
    sum(case when e.kind = 'product' then e.amount end) as product_cost,
    sum(case when e.kind = 'margin' then e.amount end) as booked_margin,
    sum(case when e.kind = 'referral' then e.amount end) as referral,
    sum(case when e.kind = 'information' then e.amount end) as information,
    sum(case when e.kind = 'reference' then e.amount end) as reference,
    sum(case when e.kind = 'other_value' then e.amount end) as other_value,
    sum(case when e.kind = 'service' then e.amount end) as cost_to_serve,
    sum(case when e.kind = 'acquisition' then e.amount end) as acquisition,
    sum(case when e.kind = 'retention' then e.amount end) as retention,
    sum(case when e.kind = 'other_cost' then e.amount end) as other_cost
  from entries e
  where e.status = 'counted' and e.customer_id is not null
  group by e.customer_id
),
served as (
  select s.customer_id, sum(s.cost_to_serve) as cost_to_serve
  from service_costs s
  where s.customer_id is not null
  group by s.customer_id
),
everybody as (
  select b.customer_id from bought b
  union
  select b.customer_id from booked b
  union
  select s.customer_id from served s
),
summed as (
  select
    c.customer_id,
    cast(coalesce(b.revenue, 0) as decimal(18, 4)) as revenue,
    cast(coalesce(b.product_cost, 0) + coalesce(e.product_cost, 0) as decimal(18, 4)) as product_cost,
    cast(coalesce(e.booked_margin, 0) as decimal(18, 4)) as booked_margin,
    cast(
      coalesce(b.revenue, 0) - coalesce(b.product_cost, 0) - coalesce(e.product_cost, 0)
      + coalesce(e.booked_margin, 0)
      as decimal(18, 4)
    ) as margin,
    cast(coalesce(e.referral, 0) as decimal(18, 4)) as referral,
    cast(coalesce(e.information, 0) as decimal(18, 4)) as information,
    cast(coalesce(e.reference, 0) as decimal(18, 4)) as reference,
    cast(coalesce(e.other_value, 0) as decimal(18, 4)) as other_value,
    cast(coalesce(s.cost_to_serve, 0) + coalesce(e.cost_to_serve, 0) as decimal(18, 4)) as cost_to_serve,
    cast(coalesce(e.acquisition, 0) as decimal(18, 4)) as acquisition,
    cast(coalesce(e.retention, 0) as decimal(18, 4)) as retention,
    cast(coalesce(e.other_cost, 0) as decimal(18, 4)) as other_cost,
    cast(coalesce(b.revenue_without_cost, 0) as decimal(18, 4)) as revenue_without_cost,
    cast(coalesce(b.lines_without_cost, 0) as bigint) as lines_without_cost,
    cast(b.first_at as date) as first_on,
    cast(b.last_at as date) as last_on,
    f.product_id as entry_product_id,
    f.channel as entry_channel
  from everybody c
  left join bought b on b.customer_id = c.customer_id
  left join first_lines f on f.customer_id = c.customer_id and f.place = 1
  left join booked e on e.customer_id = c.customer_id
  left join served s on s.customer_id = c.customer_id
),
priced as (
  select
    s.customer_id,
    s.revenue,
    s.product_cost,
    s.booked_margin,
    s.margin,
    s.referral,
    s.information,
    s.reference,
    s.other_value,
    s.cost_to_serve,
    s.acquisition,
    s.retention,
    s.other_cost,
    s.revenue_without_cost,
    s.lines_without_cost,
    s.first_on,
    s.last_on,
    s.entry_product_id,
    s.entry_channel,
    cast(
      s.margin + s.referral + s.information + s.reference + s.other_value
      - s.cost_to_serve - s.acquisition - s.retention - s.other_cost
      as decimal(18, 4)
    ) as profit
  from summed s
),
ranked as (
  select
    p.customer_id,
    p.revenue,
    p.product_cost,
    p.booked_margin,
    p.margin,
    p.referral,
    p.information,
    p.reference,
    p.other_value,
    p.cost_to_serve,
    p.acquisition,
    p.retention,
    p.other_cost,
    p.revenue_without_cost,
    p.lines_without_cost,
    p.first_on,
    p.last_on,
    p.entry_product_id,
    p.entry_channel,
    p.profit,
    row_number() over (order by p.profit desc, p.customer_id) as place,
    sum(p.profit) over (
      order by p.profit desc, p.customer_id rows between unbounded preceding and current row
    ) as running,
    count(*) over () as n,
    sum(case when p.profit > 0 then p.profit end) over () as gained
  from priced p
)
select
  r.customer_id,
  r.revenue,
  r.product_cost,
  r.margin,
  r.referral,
  r.information,
  r.reference,
  r.other_value,
  r.cost_to_serve,
  r.acquisition,
  r.retention,
  r.other_cost,
  r.profit,
  r.profit > 0 as is_value_customer,
  cast(floor(cast(10 * (cast(r.place as bigint) - 1) as double) / r.n) as bigint) + 1 as decile,
  cast(r.place as bigint) as rank,
  case
    when r.profit <= 0 then false
    when $high_by = 'customers' then cast(r.place - 1 as double) < $high_share * r.n
    else cast(r.running - r.profit as double) < $high_share * cast(r.gained as double)
  end as is_high_value,
  r.booked_margin,
  r.revenue_without_cost,
  r.lines_without_cost,
  case
    when r.lines_without_cost = 0 then 'known'
    when r.revenue_without_cost = r.revenue then 'unknown'
    else 'partly'
  end as cost_known,
  r.first_on,
  r.last_on,
  r.entry_product_id,
  r.entry_channel,
  cast($as_of as date) as as_of_on,
  cast($currency as varchar) as currency
from ranked r
