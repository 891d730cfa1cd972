select
  p.customer_id,
  p.from_decile + 1 as from_decile,
  p.to_decile + 1 as to_decile,
  p.to_loss,
  p.to_profit
from allocation_pairs p
where p.allocation_key = $allocation_key and p.ranking = $ranking and p.from_decile <> p.to_decile
