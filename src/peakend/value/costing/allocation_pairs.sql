select
  b.allocation_key,
  b.ranking,
  a.customer_id,
  a.centred as a,
  b.centred as b,
  a.decile as from_decile,
  b.decile as to_decile,
  a.percentile as from_percentile,
  b.percentile as to_percentile,
  case when a.ranking = 'profit' and a.value >= 0 and b.value < 0 then 1 else 0 end as to_loss,
  case when a.ranking = 'profit' and a.value < 0 and b.value >= 0 then 1 else 0 end as to_profit
from allocation_ranks a
join allocation_ranks b on b.customer_id = a.customer_id and b.ranking = a.ranking
where a.allocation_key = 'minutes' and b.allocation_key <> 'minutes'
