select
  s.customer_id,
  s.cohort_on,
  cast(coalesce(sum(case when m.month <= $month then m.profit - m.acquisition end), 0) as decimal(18, 4))
    as profit_by_then,
  s.profit as profit_to_date
from customer_starts s
left join customer_months m on m.customer_id = s.customer_id
where
  (cast($cohort_on as date) is null or s.cohort_on = cast($cohort_on as date))
  and ($cut = 'all' or ($cut = 'entry_product' and s.entry_product = $cell)
    or ($cut = 'entry_channel' and s.entry_channel = $cell))
  and s.bought >= $bought
group by s.customer_id, s.cohort_on, s.profit
