select
  o.choice_id,
  o.option_id,
  o.at,
  cast(o.value as double) as value,
  cast(o.cost as double) as cost,
  case when o.chosen then 1 else 0 end as chosen
from choice_options o
where o.currency = $currency and o.value is not null and o.cost is not null
order by o.choice_id, o.option_id
