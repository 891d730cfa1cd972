-- The journey names its customer; carrying the name twice would cost a fifth more.
select i.event_id, cast(null as varchar) as customer_id, i."at", i.touchpoint_id, i.emotion, i.customer_id as journey_id
from interactions i
