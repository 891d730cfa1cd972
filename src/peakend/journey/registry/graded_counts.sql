select
  u.segmentation,
  u.segment,
  u.touchpoint_id,
  u.channel,
  count(*) as events,
  count(distinct u.customer_id) as customers,
  sum(1 - u.allowed) as beyond_events,
  count(distinct case when u.allowed = 0 then u.customer_id end) as beyond_customers,
  sum(u.late) as late_events,
  count(distinct case when u.late = 1 then u.customer_id end) as late_customers
from graded_use u
group by u.segmentation, u.segment, u.touchpoint_id, u.channel
