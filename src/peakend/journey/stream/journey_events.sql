-- The events that can stand in a journey, each with its customer where one is known, and whose it is (owner).
select
  i.event_id,
  i.customer_id,
  case when i.customer_id is null then 'case' else 'customer' end as known_by,
  i.case_id,
  coalesce(i.customer_id, '#' || i.case_id) as owner,
  i."at",
  coalesce(i.touchpoint_id, i.kind) as touchpoint_id,
  i.channel,
  i.site_id,
  i.duration_s,
  i.emotion
from interactions i
where
  (i.customer_id is not null or i.visitor_id is null)
  and coalesce(i.customer_id, i.case_id) is not null
  and coalesce(i.touchpoint_id, i.kind) is not null
  and epoch_us(i."at") >= 0
  and i."at" <= $now
union all
select
  i.event_id,
  v.customer_id,
  v.known_by,
  i.case_id,
  coalesce(v.customer_id, '@' || v.first_event_id) as owner,
  i."at",
  coalesce(i.touchpoint_id, i.kind) as touchpoint_id,
  i.channel,
  i.site_id,
  i.duration_s,
  i.emotion
from interactions i
join visitors v on v.event_id = i.event_id
where
  i.customer_id is null
  and i.visitor_id is not null
  and coalesce(i.touchpoint_id, i.kind) is not null
  and epoch_us(i."at") >= 0
  and i."at" <= $now
