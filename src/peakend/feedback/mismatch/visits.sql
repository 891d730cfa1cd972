-- Where a respondent has been: the event the survey is about, and all of its episode up to the answer.
-- A survey is sent after the last step; what went wrong may have been an earlier one.
select r.response_id, i.touchpoint_id, i.site_id
from responses r
join interactions i on i.event_id = r.event_id
union
select r.response_id, v.touchpoint_id, v.site_id
from responses r
join interactions i on i.event_id = r.event_id
join interactions v on v.case_id = i.case_id
where v.at <= r.answered_at
