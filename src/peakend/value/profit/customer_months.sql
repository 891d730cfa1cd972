with flows as (
  select
    l.customer_id,
    12 * year(l.at) + month(l.at) as month_number,
    l.revenue - coalesce(l.product_cost, 0) as profit,
    cast(0 as decimal(18, 4)) as acquisition
  from profit_lines l
  where l.customer_id is not null and l.kind in ('sale', 'refund')
  union all
  select
    e.customer_id,
    12 * year(e.at) + month(e.at) as month_number,
    case
      when e.kind = 'acquisition' then cast(0 as decimal(18, 4))
      when e.entry_table = 'cost_entries' then -e.amount
      else e.amount
    end as profit,
    case when e.kind = 'acquisition' then e.amount else cast(0 as decimal(18, 4)) end as acquisition
  from entries e
  where e.customer_id is not null and e.status = 'counted'
),
placed as (
  select
    s.customer_id,
    s.cohort_on,
    s.bought,
    s.entry_product,
    s.entry_channel,
    case
      when f.acquisition <> 0 or f.month_number < s.cohort_month then 0
      else f.month_number - s.cohort_month
    end as month,
    f.profit,
    f.acquisition
  from flows f
  join customer_starts s on s.customer_id = f.customer_id
)
select
  p.customer_id,
  p.cohort_on,
  p.bought,
  p.entry_product,
  p.entry_channel,
  cast(p.month as bigint) as month,
  cast(sum(p.profit) as decimal(18, 4)) as profit,
  cast(sum(p.acquisition) as decimal(18, 4)) as acquisition
from placed p
group by p.customer_id, p.cohort_on, p.bought, p.entry_product, p.entry_channel, p.month
