-- Every sound wallet with its band of size (thirds of customers, 3 the largest) and of share (quarters, 1 to 4).
-- key: customer_id, category, as_of_on
with sized as (
  select
    c.customer_id,
    c.category,
    c.as_of_on,
    c.total_spend,
    c.own_spend,
    c.elsewhere_spend,
    c.stated_share,
    ntile(3) over (partition by c.category, c.as_of_on order by c.total_spend, c.customer_id) as size_band
  from customer_wallets c
  where c.spend_fault is null
)
select
  s.customer_id,
  s.category,
  s.as_of_on,
  cast(s.size_band as bigint) as size_band,
  case
    when s.stated_share < 0.25 then cast(1 as bigint)
    when s.stated_share < 0.5 then cast(2 as bigint)
    when s.stated_share < 0.75 then cast(3 as bigint)
    else cast(4 as bigint)
  end as share_band,
  s.total_spend,
  s.own_spend,
  s.elsewhere_spend,
  s.stated_share
from sized s
