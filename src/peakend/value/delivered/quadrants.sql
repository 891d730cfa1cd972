-- key: customer_id
-- Both sides of a relationship: what the customer gets of it, and what the company does.
select
  d.customer_id,
  d.delivered_value,
  r.worth,
  case
    when d.delivered_value is null or r.worth is null then 'unknown'
    when d.delivered_value > 0 and r.worth > 0 then 'win_win'
    when d.delivered_value > 0 then 'subsidy'
    when r.worth > 0 then 'exploitation'
    else 'exit'
  end as quadrant
from delivered d
left join relationship r on r.customer_id = d.customer_id
