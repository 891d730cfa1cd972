with inside as (
  select
    b.event_id,
    b.customer_id,
    b.known_by,
    b.thread,
    b."at",
    b.touchpoint_id,
    b.channel,
    b.site_id,
    b.duration_s,
    b.emotion,
    dense_rank() over (partition by b.thread order by b.stretch) as journey,
    row_number() over (partition by b.thread, b.stretch order by b."at", b.event_id) as place
  from bounded b
  where b.inside = 1
)
select
  i.thread || '/' || cast(i.journey as varchar) as journey_id,
  cast(i.place as bigint) as place,
  i.event_id,
  i.customer_id,
  i."at",
  i.touchpoint_id,
  i.channel,
  i.site_id,
  i.duration_s,
  i.emotion,
  i.known_by
from inside i
