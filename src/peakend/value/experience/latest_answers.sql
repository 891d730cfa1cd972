-- key: customer_id
-- The last answer of every customer until a day; of several at one time the last response_id.
with ranked as (
  select
    o.customer_id,
    o.response_id,
    o.answered_at,
    o.score,
    row_number() over (partition by o.customer_id order by o.answered_at desc, o.response_id desc) as place
  from overall_answers o
  where o.answered_at < cast($until as timestamp)
)
select
  r.customer_id,
  r.response_id,
  r.answered_at,
  r.score,
  case when r.score >= 9 then 'promoter' when r.score >= 7 then 'passive' else 'detractor' end as feeling
from ranked r
where r.place = 1
