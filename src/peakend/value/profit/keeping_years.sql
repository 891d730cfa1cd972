with active as (
  select l.customer_id, year(l.at) as in_year
  from profit_lines l
  where l.customer_id is not null and l.kind = 'sale'
  group by l.customer_id, year(l.at)
),
customers_by_year as (
  select
    a.in_year,
    sum(case when s.customer_id is not null and year(s.cohort_on) = a.in_year then 1 else 0 end) as won,
    sum(case when s.customer_id is null or year(s.cohort_on) < a.in_year then 1 else 0 end) as kept
  from active a
  left join customer_starts s on s.customer_id = a.customer_id and s.bought = 1
  group by a.in_year
),
spent as (
  select
    year(e.at) as in_year,
    sum(case when e.kind = 'acquisition' then e.amount else 0 end) as acquisition,
    sum(case when e.kind = 'retention' then e.amount else 0 end) as retention
  from entries e
  where e.status = 'counted' and e.kind in ('acquisition', 'retention')
  group by year(e.at)
),
years as (
  select c.in_year from customers_by_year c
  union
  select s.in_year from spent s
)
select
  cast(y.in_year as bigint) as in_year,
  cast(coalesce(c.won, 0) as bigint) as won,
  cast(coalesce(c.kept, 0) as bigint) as kept,
  cast(coalesce(s.acquisition, 0) as decimal(18, 4)) as acquisition,
  cast(coalesce(s.retention, 0) as decimal(18, 4)) as retention
from years y
left join customers_by_year c on c.in_year = y.in_year
left join spent s on s.in_year = y.in_year
