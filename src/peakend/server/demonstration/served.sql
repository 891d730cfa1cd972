-- Who served at which touchpoint of a journey.
-- key: journey_id, touchpoint_id
select i.case_id as journey_id, i.touchpoint_id, max(i.employee_id) as served_by
from interactions i
where i.case_id is not null and i.employee_id is not null
group by i.case_id, i.touchpoint_id
order by i.case_id, i.touchpoint_id
