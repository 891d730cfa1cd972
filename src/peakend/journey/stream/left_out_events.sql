-- One row an event that can stand in no journey, with the first reason that applies.
with judged as (
  select
    i.event_id,
    i.customer_id,
    case
      when i."at" is null then 'no_time'
      when epoch_us(i."at") < 0 then 'before_1970'
      when i."at" > $now then 'future'
      when coalesce(i.customer_id, i.case_id, i.visitor_id) is null then 'nobody'
      when coalesce(i.touchpoint_id, i.kind) is null then 'no_touchpoint'
    end as reason
  from interactions i
)
select j.event_id, j.customer_id, j.reason
from judged j
where j.reason is not null
