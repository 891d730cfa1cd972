with totals as (
  select
    cast(sum(c.cost_to_serve) as double) as cost,
    cast(sum(c.orders) as double) as orders,
    cast(sum(c.revenue) as double) as revenue,
    cast(count(*) as double) as customers
  from allocation_customers c
),
spread as (
  select
    'minutes' as allocation_key,
    c.customer_id,
    cast(c.margin as double) as margin,
    cast(c.cost_to_serve as double) as cost
  from allocation_customers c
  union all
  select
    'orders' as allocation_key,
    c.customer_id,
    cast(c.margin as double) as margin,
    t.cost * cast(c.orders as double) / t.orders as cost
  from allocation_customers c
  cross join totals t
  where t.orders > 0
  union all
  select
    'revenue' as allocation_key,
    c.customer_id,
    cast(c.margin as double) as margin,
    t.cost * cast(c.revenue as double) / t.revenue as cost
  from allocation_customers c
  cross join totals t
  where t.revenue > 0
  union all
  select
    'customers' as allocation_key,
    c.customer_id,
    cast(c.margin as double) as margin,
    t.cost / t.customers as cost
  from allocation_customers c
  cross join totals t
),
measured as (
  select s.allocation_key, 'cost' as ranking, s.customer_id, s.cost as value
  from spread s
  union all
  select s.allocation_key, 'profit' as ranking, s.customer_id, s.margin - s.cost as value
  from spread s
),
ranked as (
  select
    m.allocation_key,
    m.ranking,
    m.customer_id,
    m.value,
    cast(rank() over (partition by m.allocation_key, m.ranking order by m.value) as double)
      + (cast(count(*) over (partition by m.allocation_key, m.ranking, m.value) as double) - 1) / 2.0 as place,
    cast(count(*) over (partition by m.allocation_key, m.ranking) as double) as n
  from measured m
)
select
  r.allocation_key,
  r.ranking,
  r.customer_id,
  r.value,
  r.n,
  r.place - (r.n + 1) / 2.0 as centred,
  cast(floor(10 * (r.place - 0.5) / r.n) as bigint) as decile,
  cast(floor(100 * (r.place - 0.5) / r.n) as bigint) as percentile
from ranked r
