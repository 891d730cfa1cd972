-- key: customer_id
select
  v.customer_id,
  case
    when v.lifetime_value >= cast($platinum as decimal(18, 4)) then 'platinum'
    when v.lifetime_value >= cast($gold as decimal(18, 4)) then 'gold'
    when v.lifetime_value >= cast($iron as decimal(18, 4)) then 'iron'
    else 'lead'
  end as tier,
  cast($as_of as date) as as_of_on
from scored v
