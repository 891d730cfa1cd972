with lasting as (
  select
    'repurchase' as outcome,
    o.customer_id,
    o.repurchased as happened,
    false as cut_short
  from journey_outcomes o
  union all
  select 'churn' as outcome, o.customer_id, o.churned as happened, false as cut_short
  from journey_outcomes o
  union all
  select
    'complaint' as outcome,
    o.customer_id,
    o.complained as happened,
    o.complained_at <= o.ended_at as cut_short
  from journey_outcomes o
),
by_customer as (
  select
    l.outcome,
    l.customer_id,
    sum(case when l.happened is not null then 1 else 0 end) as n,
    sum(case when l.happened then 1 else 0 end) as won,
    sum(case when l.happened is null then 1 else 0 end) as n_unknown,
    sum(case when l.happened and l.cut_short then 1 else 0 end) as cut_n
  from lasting l
  group by l.outcome, l.customer_id
)
select
  b.outcome,
  cast(sum(b.n) as bigint) as n,
  cast(sum(b.won) as bigint) as won,
  cast(sum(b.n_unknown) as bigint) as n_unknown,
  cast(sum(b.cut_n) as bigint) as cut_n,
  cast(sum(case when b.n > 0 then 1 else 0 end) as bigint) as customers,
  cast(sum(b.n * b.n) as double) as nn,
  cast(sum(b.n * b.won) as double) as nw,
  cast(sum(b.won * b.won) as double) as ww
from by_customer b
group by b.outcome
order by b.outcome
