with value_said as (
  select
    v.entry_id,
    d.decision,
    row_number() over (partition by v.entry_id order by d.at desc, d.decision_id desc) as place
  from value_entries v
  join entry_decisions d on d.entry_table = 'value_entries' and d.entry_id = v.entry_id
  where v.entered_by is null or lower(trim(v.entered_by)) <> lower(trim(d.decided_by))
),
cost_said as (
  select
    c.entry_id,
    d.decision,
    row_number() over (partition by c.entry_id order by d.at desc, d.decision_id desc) as place
  from cost_entries c
  join entry_decisions d on d.entry_table = 'cost_entries' and d.entry_id = c.entry_id
  where c.entered_by is null or lower(trim(c.entered_by)) <> lower(trim(d.decided_by))
),
own_word as (
  select d.entry_table, d.entry_id
  from entry_decisions d
  where d.decision = 'posted'
  group by d.entry_table, d.entry_id
),
policies as (
  select
    c.contribution_id,
    p.books_as,
    p.amount,
    p.currency,
    row_number() over (partition by c.contribution_id order by p.from_on desc) as place -- key: contribution_id, from_on
  from contributions c
  join conversion_policies p on p.kind = c.kind and p.from_on <= cast(c.at as date)
)
select
  'value_entries' as entry_table,
  v.entry_id,
  v.customer_id,
  v.at,
  case when v.kind = 'other' then 'other_value' else v.kind end as kind,
  v.amount,
  v.currency,
  v.transaction_id,
  v.event_id,
  cast(null as varchar) as activity_id,
  cast(null as varchar) as product_id,
  cast(null as varchar) as channel,
  case
    when s.decision is not null then s.decision
    when coalesce(v.status, 'posted') = 'posted' and lower(trim(v.entered_by)) = lower(trim(v.approved_by))
      then 'self_approved'
    when v.status = 'pending' and o.entry_id is not null then 'self_approved'
    else coalesce(v.status, 'posted')
  end as status
from value_entries v
left join value_said s on s.entry_id = v.entry_id and s.place = 1
left join own_word o on o.entry_table = 'value_entries' and o.entry_id = v.entry_id
union all
select
  'cost_entries' as entry_table,
  c.entry_id,
  c.customer_id,
  c.at,
  case when c.kind = 'other' then 'other_cost' else c.kind end as kind,
  c.amount,
  c.currency,
  c.transaction_id,
  c.event_id,
  c.activity_id,
  c.product_id,
  c.channel,
  case
    when s.decision is not null then s.decision
    when coalesce(c.status, 'posted') = 'posted' and lower(trim(c.entered_by)) = lower(trim(c.approved_by))
      then 'self_approved'
    when c.status = 'pending' and o.entry_id is not null then 'self_approved'
    else coalesce(c.status, 'posted')
  end as status
from cost_entries c
left join cost_said s on s.entry_id = c.entry_id and s.place = 1
left join own_word o on o.entry_table = 'cost_entries' and o.entry_id = c.entry_id
union all
select
  'contributions' as entry_table,
  c.contribution_id as entry_id,
  c.customer_id,
  c.at,
  case
    when p.books_as is null then 'unpriced'
    when p.books_as = 'other' then 'other_value'
    else p.books_as
  end as kind,
  cast(coalesce(cast(c.quantity as decimal(18, 4)) * p.amount, p.amount, 0) as decimal(18, 4)) as amount,
  p.currency,
  cast(null as varchar) as transaction_id,
  cast(null as varchar) as event_id,
  cast(null as varchar) as activity_id,
  cast(null as varchar) as product_id,
  cast(null as varchar) as channel,
  case when p.contribution_id is null then 'no_policy' else 'posted' end as status
from contributions c
left join policies p on p.contribution_id = c.contribution_id and p.place = 1
