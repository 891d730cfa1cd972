-- The channel of each customer's first purchase.
with numbered as (
  select
    t.customer_id,
    t.channel,
    row_number() over (partition by t.customer_id order by t."at", t.transaction_id) as place
  from transactions t
  where t.customer_id is not null and t.channel is not null
)
select n.customer_id, n.channel
from numbered n
where n.place = 1
