select
  c.touchpoint_id,
  c.item,
  max(c.item_zh) as item_zh,
  max(c.aspect) as aspect,
  max(case when c.required then 1 else 0 end) as required,
  cast(count(*) as bigint) as checked,
  cast(count(case when coalesce(c.score, 0) < 1 then 1 end) as bigint) as missed
from service_checks c
where
  c.touchpoint_id is not null
  and (c.score is not null or c.required)
  and coalesce(c.aspect, '') not in ('sight', 'hearing', 'smell', 'taste', 'touch')
group by c.touchpoint_id, c.item
