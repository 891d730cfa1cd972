select
  i.survey_id,
  i.month_on,
  i.channel,
  coalesce(p.profile, 0) as profile,
  count(*) as invited,
  sum(i.bounced) as bounced,
  sum(i.responded) as responded
from invitees i
left join profiles p on p.subject_id = i.customer_id
group by i.survey_id, i.month_on, i.channel, coalesce(p.profile, 0)
