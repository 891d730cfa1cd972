select i.event_id, i.customer_id, i."at", i.touchpoint_id, i.emotion, i.case_id as journey_id
from interactions i
