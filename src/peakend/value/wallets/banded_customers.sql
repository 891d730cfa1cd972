select b.customer_id, b.total_spend, b.own_spend, b.elsewhere_spend, b.stated_share
from bands b
where
  b.category = $category
  and b.as_of_on = cast($as_of as date)
  and b.size_band = cast($size as int)
  and b.share_band = cast($share as int)
