-- One row a choice: how many options it had, and what is wrong with it (null: nothing).
-- key: choice_id
with counted as (
  select
    o.choice_id,
    min(o.at) as chosen_at,
    count(*) as options,
    sum(case when o.chosen then 1 else 0 end) as taken,
    sum(case when o.currency is not null and o.currency <> $currency then 1 else 0 end) as foreign_money,
    sum(case when o.value is null then 1 else 0 end) as without_value,
    sum(case when o.cost is null then 1 else 0 end) as without_cost
  from choice_options o
  group by o.choice_id
)
select
  c.choice_id,
  c.chosen_at,
  cast(c.options as bigint) as options,
  case
    when c.foreign_money > 0 then 'other_currency'
    when c.options < 2 then 'single_option'
    when c.taken = 0 then 'none_chosen'
    when c.taken > 1 then 'several_chosen'
    when c.without_value > 0 then 'value_missing'
    when c.without_cost > 0 then 'cost_missing'
  end as problem
from counted c
