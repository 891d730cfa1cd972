select c.customer_id, c.total_spend, c.own_spend, c.stated_share, c.rule_share
from customer_wallets c
where
  c.category = $category
  and c.as_of_on = cast($as_of as date)
  and (($measure = 'stated' and c.stated_share is not null) or ($measure = 'rule' and c.rule_share is not null))
  and (
    $segmentation = 'all'
    or exists (
      select 1
      from segment_members m
      where
        m.subject = 'customer'
        and m.subject_id = c.customer_id
        and m.segmentation = $segmentation
        and m.segment = $segment
    )
  )
