-- One row a customer: country as ISO code where it is known, city cleaned, calling code.
with cleaned as (
  select
    customer_id,
    trim(lower(strip_accents(translate(country, $wide, $narrow)))) as country,
    trim(regexp_replace(regexp_replace(
      lower(strip_accents(translate(city, $wide, $narrow))), '[^\p{L}\p{N}]+', ' ', 'g'), '(\p{Han})市$', '\1')) as city
  from customers
)
select
  cleaned.customer_id,
  coalesce(countries.iso, nullif(cleaned.country, '')) as country,
  case when cleaned.city = '' or list_contains($placeholders, cleaned.city) then null else cleaned.city end as city,
  countries.code,
  countries.trunk
from cleaned
left join countries on countries.alias = cleaned.country
