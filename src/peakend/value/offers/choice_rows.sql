-- Options of sound choices, the earliest choice first.
-- key: choice_id, option_id
select
  o.choice_id,
  o.option_id,
  s.chosen_at,
  cast(o.value as double) as value,
  cast(o.cost as double) as cost,
  o.chosen
from choice_options o
join choice_sets s on s.choice_id = o.choice_id
where s.problem is null
order by s.chosen_at, o.choice_id, o.option_id
