-- Which events follow one another: those of a case (by_case = 1), else those of a person.
select
  e.event_id,
  e.customer_id,
  e.known_by,
  e."at",
  e.touchpoint_id,
  e.channel,
  e.site_id,
  e.duration_s,
  e.emotion,
  case when $by_case = 1 and e.case_id is not null then e.case_id else e.owner end as thread,
  case when $by_case = 1 and e.case_id is not null then 1 else 0 end as whole
from events e
where $kept = 'all' or ($kept = 'cases' and e.case_id is not null) or ($kept = 'others' and e.case_id is null)
