with numbered as (
  select
    f.subject,
    f.attribute,
    f.value,
    f.touchpoint_id,
    f.channel,
    f.site_id,
    f.seen_at,
    row_number() over (
      partition by f.subject, f.attribute, f.touchpoint_id, f.channel, f.site_id
      order by f.seen_at desc, f.fact_id desc
    ) as newest
  from published_facts f
  where f.value is not null
)
select n.subject, n.attribute, n.value, n.touchpoint_id, n.channel, n.site_id, n.seen_at
from numbered n
where n.newest = 1
