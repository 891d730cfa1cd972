-- Contracts by group and by the days at which they were first seen and ended; closed: 1 ended, 0 still open.
with lived as (
  select
    a.contract_id,
    a.customer_id,
    a.product_id,
    case
      when a.opened_on < cast($since as date)
        then date_diff('day', cast(a.opened_on as date), cast($since as date)) - 1
      else 0
    end as entry_day,
    -- One day at least: what ended on the day it began was at risk on it.
    greatest(
      date_diff('day', cast(a.opened_on as date), cast(coalesce(a.closed_on, cast($as_of as date)) as date)), 1
    ) as exit_day,
    case when a.closed_on is not null then 1 else 0 end as closed
  from ages a
),
grouped as (
  select 'all' as factor, 'all' as level, l.product_id, l.entry_day, l.exit_day, l.closed
  from lived l
  union all
  select 'product' as factor, l.product_id as level, l.product_id, l.entry_day, l.exit_day, l.closed
  from lived l
  union all
  select 'entry_channel' as factor, e.channel as level, l.product_id, l.entry_day, l.exit_day, l.closed
  from lived l
  join entries e on e.customer_id = l.customer_id
  union all
  select m.segmentation as factor, m.segment as level, l.product_id, l.entry_day, l.exit_day, l.closed
  from lived l
  join segment_members m on m.subject = 'customer' and m.subject_id = l.customer_id
)
select
  g.factor,
  g.level,
  g.product_id,
  cast(g.entry_day as bigint) as entry_day,
  cast(g.exit_day as bigint) as exit_day,
  cast(g.closed as bigint) as closed,
  cast(count(*) as bigint) as contracts
from grouped g
group by g.factor, g.level, g.product_id, g.entry_day, g.exit_day, g.closed
order by g.factor, g.level, g.product_id, g.entry_day, g.exit_day, g.closed
