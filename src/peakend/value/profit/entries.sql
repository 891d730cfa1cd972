with touched_transactions as (
  select t.transaction_id, t.customer_id
  from transactions t
  where exists (select 1 from entry_statuses e where e.transaction_id = t.transaction_id)
),
touched_events as (
  select i.event_id, i.customer_id
  from interactions i
  where exists (select 1 from entry_statuses e where e.event_id = i.event_id)
)
select
  e.entry_table,
  e.entry_id,
  coalesce(e.customer_id, t.customer_id, i.customer_id) as customer_id,
  e.at,
  e.kind,
  e.amount,
  coalesce(e.currency, $currency) as currency,
  e.transaction_id,
  e.event_id,
  e.product_id,
  e.channel,
  case
    when coalesce(e.customer_id, t.customer_id, i.customer_id) is not null then 'customers'
    when e.entry_table <> 'cost_entries' or e.transaction_id is not null or e.event_id is not null
      then 'unidentified'
    else 'unallocated'
  end as bearer,
  case
    when e.status <> 'posted' then e.status
    when e.currency <> $currency then 'other_currency'
    when e.at >= $until then 'after_end'
    when e.kind = 'margin' and t.transaction_id is not null then 'in_transaction'
    when e.kind = 'service' and e.activity_id is not null and $costed = 1 then 'in_activity'
    else 'counted'
  end as status
from entry_statuses e
left join touched_transactions t on t.transaction_id = e.transaction_id
left join touched_events i on i.event_id = e.event_id
