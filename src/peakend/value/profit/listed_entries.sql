with own as (
  select 'value_entries' as entry_table, v.entry_id, v.entered_by, v.approved_by
  from value_entries v
  union all
  select 'cost_entries' as entry_table, c.entry_id, c.entered_by, c.approved_by
  from cost_entries c
),
last_word as (
  select
    d.entry_table,
    d.entry_id,
    d.decided_by,
    d.reason,
    row_number() over (partition by d.entry_table, d.entry_id order by d.at desc, d.decision_id desc) as place
  from entry_decisions d
)
select
  e.entry_table,
  e.entry_id,
  e.status,
  e.customer_id,
  e.at,
  e.kind,
  e.amount,
  e.currency,
  o.entered_by,
  coalesce(w.decided_by, o.approved_by) as decided_by,
  w.reason
from entry_statuses e
join own o on o.entry_table = e.entry_table and o.entry_id = e.entry_id
left join last_word w on w.entry_table = e.entry_table and w.entry_id = e.entry_id and w.place = 1
where ($status = '' or e.status = $status) and ($entry_id = '' or e.entry_id = $entry_id)
order by e.at desc, e.entry_id
