-- One row a customer and role, with the table that shows it. A party may hold several roles.
with held as (
  select customer_id, 'end_customer' as role, 'transactions' as basis from transactions where customer_id is not null
  union
  select customer_id, 'end_customer' as role, 'holdings' as basis from holdings
  union
  select customer_id, 'end_customer' as role, 'memberships' as basis from memberships
  union
  select
    from_customer_id as customer_id,
    case kind
      when 'employer' then 'employer'
      when 'referral' then 'referrer'
      when 'agency' then 'principal'
      when 'account_manager' then 'account_manager'
      when 'partner' then 'partner'
    end as role,
    'relationships' as basis
  from relationships
  union
  select
    to_customer_id as customer_id,
    case kind
      when 'employer' then 'employee'
      when 'agency' then 'distributor'
      when 'partner' then 'partner'
    end as role,
    'relationships' as basis
  from relationships
)
select held.customer_id, customers.kind, held.role, held.basis
from held
left join customers on customers.customer_id = held.customer_id
where held.role is not null
order by held.customer_id, held.role, held.basis
