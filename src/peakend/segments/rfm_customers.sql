with lines as (
  select
    t.customer_id,
    t.order_id,
    t.kind,
    t.revenue,
    cast(t.at as date) as day,
    case when t.order_id is null then cast(t.at as date) end as loose_day
  from transactions t
  where t.customer_id is not null and t.kind in ('sale', 'refund') and t.currency = $currency
),
orders as (
  select
    l.customer_id,
    sum(l.revenue) as net,
    sum(case when l.kind = 'refund' then l.revenue else 0 end) as refunds,
    min(case when l.kind = 'sale' then l.day end) as bought_on
  from lines l
  group by l.customer_id, l.order_id, l.loose_day
),
summed as (
  select
    o.customer_id,
    sum(o.net) as monetary,
    sum(o.refunds) as refunds,
    sum(case when o.net > 0 and o.bought_on is not null then 1 else 0 end) as frequency,
    count(distinct case when o.net > 0 then o.bought_on end) as purchase_days,
    min(case when o.net > 0 then o.bought_on end) as first_on,
    max(case when o.net > 0 then o.bought_on end) as last_on,
    max(case when o.bought_on is not null then 1 else 0 end) as ever_bought
  from orders o
  group by o.customer_id
),
customers as (
  select
    s.customer_id,
    s.monetary,
    s.refunds,
    s.frequency,
    s.purchase_days,
    s.first_on,
    s.last_on,
    s.ever_bought,
    date_diff('day', cast(s.last_on as date), cast($as_of as date)) as recency_days,
    case when s.frequency > 0 and s.monetary > 0 then 1 else 0 end as scored
  from summed s
),
counted as (
  select sum(c.scored) as n
  from customers c
),
ranked as (
  select
    c.customer_id,
    5 * (rank() over (order by c.recency_days desc) - 1) as recency_rank,
    5 * (rank() over (order by c.frequency) - 1) as frequency_rank,
    5 * (rank() over (order by c.monetary) - 1) as monetary_rank
  from customers c
  where c.scored = 1
),
scored as (
  select
    r.customer_id,
    case
      when r.recency_rank >= 4 * n.n then 5
      when r.recency_rank >= 3 * n.n then 4
      when r.recency_rank >= 2 * n.n then 3
      when r.recency_rank >= n.n then 2
      else 1
    end as recency_score,
    case
      when r.frequency_rank >= 4 * n.n then 5
      when r.frequency_rank >= 3 * n.n then 4
      when r.frequency_rank >= 2 * n.n then 3
      when r.frequency_rank >= n.n then 2
      else 1
    end as frequency_score,
    case
      when r.monetary_rank >= 4 * n.n then 5
      when r.monetary_rank >= 3 * n.n then 4
      when r.monetary_rank >= 2 * n.n then 3
      when r.monetary_rank >= n.n then 2
      else 1
    end as monetary_score
  from ranked r
  cross join counted n
)
select
  c.customer_id,
  case
    when s.customer_id is null and c.ever_bought = 0 then 'refund_only'
    when s.customer_id is null then 'no_net_revenue'
    else g.segment
  end as segment,
  cast(c.recency_days as bigint) as recency_days,
  cast(c.frequency as bigint) as frequency,
  cast(c.monetary as decimal(18, 4)) as monetary,
  cast(c.purchase_days as bigint) as purchase_days,
  c.first_on,
  c.last_on,
  cast(c.refunds as decimal(18, 4)) as refunds,
  cast(s.recency_score as bigint) as recency_score,
  cast(s.frequency_score as bigint) as frequency_score,
  cast(s.monetary_score as bigint) as monetary_score,
  cast($as_of as date) as as_of_on,
  cast($currency as varchar) as currency
from customers c
left join scored s on s.customer_id = c.customer_id
left join grid g
  on g.recency_score = s.recency_score
  and g.frequency_and_monetary = s.frequency_score + s.monetary_score
