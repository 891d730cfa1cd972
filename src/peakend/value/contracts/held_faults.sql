-- What is wrong with contracts, and how many there are.
with named as (
  select
    c.contract_id,
    case
      when c.opened_on is null then 'no_opening_day'
      when c.opened_on > cast($today as date) then 'opened_in_future'
      when c.closed_on < c.opened_on then 'closed_before_opened'
      when c.closed_on > cast($today as date) then 'closed_in_future'
      when c.closed_on = c.opened_on then 'zero_length'
      else 'sound'
    end as fault
  from held c
)
select n.fault, cast(count(*) as bigint) as contracts
from named n
group by n.fault
order by n.fault
