select
  'lifetime_value' as measure,
  l.feeling,
  count(*) as customers,
  sum(cast(v.lifetime_value as double)) as total,
  sum(cast(v.lifetime_value as double) * cast(v.lifetime_value as double)) as squared
from latest l
inner join lifetime_values v on v.customer_id = l.customer_id
group by l.feeling
union all
select
  'profit' as measure,
  l.feeling,
  count(*) as customers,
  sum(cast(p.profit as double)) as total,
  sum(cast(p.profit as double) * cast(p.profit as double)) as squared
from latest l
inner join customer_profit p on p.customer_id = l.customer_id
group by l.feeling
union all
select
  'referral' as measure,
  l.feeling,
  count(*) as customers,
  sum(cast(p.referral as double)) as total,
  sum(cast(p.referral as double) * cast(p.referral as double)) as squared
from latest l
inner join customer_profit p on p.customer_id = l.customer_id
group by l.feeling
