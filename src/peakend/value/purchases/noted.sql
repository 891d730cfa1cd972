-- Of what was used, what a reader should know.
select
  case when h.frequency = 0 then 1 else 0 end as one_purchase,
  case when h.left_truncated then 1 else 0 end as truncated,
  count(*) as customers,
  cast(sum(h.total_value) as decimal(18, 4)) as revenue
from histories h
group by case when h.frequency = 0 then 1 else 0 end, case when h.left_truncated then 1 else 0 end
