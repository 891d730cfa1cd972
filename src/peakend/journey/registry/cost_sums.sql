select
  coalesce(i.touchpoint_id, i.kind) as touchpoint_id,
  c.currency,
  count(*) as entries,
  cast(sum(c.amount) as decimal(18, 4)) as amount
from cost_entries c
left join interactions i on i.event_id = c.event_id
group by coalesce(i.touchpoint_id, i.kind), c.currency
