select
  count(*) as events,
  count(distinct i.customer_id) as customers,
  sum(case when coalesce(i.touchpoint_id, i.kind) is null then 1 else 0 end) as nameless,
  sum(case
    when coalesce(i.touchpoint_id, i.kind) is not null and (epoch_us(i."at") < 0 or i."at" > $now) then 1
    else 0
  end) as impossible
from interactions i
