-- Years of birth with what is wrong with them: impossible, or held by far more customers than any year can be.
with years as (
  select birth_year, count(*) as customers
  from customers
  where birth_year is not null
  group by birth_year
),
usual as (
  select median(customers) as customers from years
)
select
  years.birth_year,
  years.customers,
  case
    when years.birth_year <= 1900 or years.birth_year > $this_year then 'malformed'
    when years.customers >= 100 and years.customers > 10 * usual.customers then 'shared'
  end as fault
from years
cross join usual
