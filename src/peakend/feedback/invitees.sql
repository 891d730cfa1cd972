with answered as (
  select r.invitation_id
  from responses r
  where r.invitation_id is not null
  group by r.invitation_id
)
select
  i.invitation_id,
  i.survey_id,
  i.customer_id,
  i.channel,
  case when s.wave is null then cast(date_trunc('month', i.sent_at) as date) end as month_on,
  case when i.status = 'bounced' then 1 else 0 end as bounced,
  case when a.invitation_id is not null or i.status = 'completed' then 1 else 0 end as responded
from invitations i
left join surveys s on s.survey_id = i.survey_id
left join answered a on a.invitation_id = i.invitation_id
