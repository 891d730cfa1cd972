with lines as (
  select
    t.transaction_id,
    coalesce(t.order_id, case when t.customer_id is null then t.transaction_id end) as order_id,
    case when t.order_id is null then cast(t.at as date) end as order_on,
    t.customer_id,
    t.kind,
    t.channel,
    cast(t.at as date) as happened_on
  from transactions t
  where $transactions = 1
),
met as (
  select
    i.event_id,
    i.customer_id,
    i.touchpoint_id,
    coalesce(i.channel, p.channel) as channel,
    i.kind,
    i.duration_s,
    cast(i.at as date) as happened_on
  from interactions i
  left join touchpoints p on p.touchpoint_id = i.touchpoint_id
  where $interactions = 1
)
select
  'orders' as driver,
  coalesce(l.order_id, min(l.transaction_id)) as unit_id,
  l.customer_id,
  min(l.happened_on) as happened_on,
  cast(null as varchar) as touchpoint_id,
  min(l.channel) as channel,
  l.kind,
  cast(1 as bigint) as quantity
from lines l
where $orders = 1
group by l.order_id, l.order_on, l.customer_id, l.kind
union all
select
  'order_lines' as driver,
  l.transaction_id as unit_id,
  l.customer_id,
  l.happened_on,
  cast(null as varchar) as touchpoint_id,
  l.channel,
  l.kind,
  cast(1 as bigint) as quantity
from lines l
where $order_lines = 1
union all
select
  'refunds' as driver,
  coalesce(l.order_id, min(l.transaction_id)) as unit_id,
  l.customer_id,
  l.happened_on,
  cast(null as varchar) as touchpoint_id,
  min(l.channel) as channel,
  l.kind,
  cast(1 as bigint) as quantity
from lines l
where $refunds = 1 and l.kind = 'refund'
group by l.order_id, l.customer_id, l.kind, l.happened_on
union all
select
  'interactions' as driver,
  m.event_id as unit_id,
  m.customer_id,
  m.happened_on,
  m.touchpoint_id,
  m.channel,
  m.kind,
  cast(1 as bigint) as quantity
from met m
where $contacts = 1
union all
select
  'interaction_minutes' as driver,
  m.event_id as unit_id,
  m.customer_id,
  m.happened_on,
  m.touchpoint_id,
  m.channel,
  m.kind,
  case when m.duration_s >= 0 then cast(floor(m.duration_s + 0.5) as bigint) end as quantity
from met m
where $durations = 1
union all
select
  'cases' as driver,
  c.case_id as unit_id,
  c.customer_id,
  cast(c.opened_at as date) as happened_on,
  c.touchpoint_id,
  p.channel,
  c.kind,
  cast(1 as bigint) as quantity
from cases c
left join touchpoints p on p.touchpoint_id = c.touchpoint_id
where $cases = 1
