select a.customer_id, a.contract_id, a.product_id, a.opened_on, a.closed_on
from ages a
where
  $factor = 'all'
  or ($factor = 'product' and a.product_id = $level)
  or (
    $factor = 'entry_channel'
    and exists (select 1 from entries e where e.customer_id = a.customer_id and e.channel = $level)
  )
  or exists (
    select 1
    from segment_members m
    where
      m.subject = 'customer'
      and m.subject_id = a.customer_id
      and m.segmentation = $factor
      and m.segment = $level
  )
