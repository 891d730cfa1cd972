with listed as (
  select c.category, c.as_of_on, coalesce(c.spend_fault, 'sound_spend') as fault
  from customer_wallets c
  union all
  select c.category, c.as_of_on, coalesce(c.rank_fault, 'sound_rank') as fault
  from customer_wallets c
)
select l.category, l.as_of_on, l.fault, cast(count(*) as bigint) as wallets
from listed l
group by l.category, l.as_of_on, l.fault
order by l.category, l.as_of_on, l.fault
