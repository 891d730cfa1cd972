-- Pairs of customers with the same document or card.
select
  l.customer_id as unique_id_l,
  r.customer_id as unique_id_r,
  bool_or(l.kind = 'document') as same_document,
  bool_or(l.kind = 'card') as same_card
from papers as l
join papers as r on l.kind = r.kind and l.value = r.value and l.customer_id < r.customer_id
group by l.customer_id, r.customer_id
