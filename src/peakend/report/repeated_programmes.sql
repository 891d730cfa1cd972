-- Programmes that ask the same people about the same event once more: to see how steady answers are, or what
-- is remembered. Their scores are no news of their own.
with again as (
  select distinct r.response_id
  from responses r
  join responses e
    on e.customer_id = r.customer_id
    and e.event_id = r.event_id
    and e.answered_at < r.answered_at
  where e.survey_id <> r.survey_id
)
select s.programme
from responses r
join surveys s on s.survey_id = r.survey_id
left join again a on a.response_id = r.response_id
where s.programme is not null
group by s.programme
having count(a.response_id) > 0.9 * count(*)
order by s.programme
