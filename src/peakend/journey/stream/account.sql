select k.known_by as fate, true as kept, k.events, k.customers
from journey_events_kept k
union all
select o.reason as fate, false as kept, o.events, o.customers
from journey_events_left_out o
