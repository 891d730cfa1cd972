select
  cast(date_trunc('month', i.at) as date) as month_on,
  cast(count(*) as bigint) as steps,
  cast(count(distinct i.customer_id) as bigint) as customers
from interactions i
join touchpoints p on p.touchpoint_id = i.touchpoint_id
join costed_days d on d.happened_on = cast(i.at as date)
where p.stage in ('pre', 'purchase')
group by cast(date_trunc('month', i.at) as date)
