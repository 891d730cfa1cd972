select i.event_id, i.customer_id, i."at", i.touchpoint_id, i.emotion, i.journey_id as journey_id
from interactions i
