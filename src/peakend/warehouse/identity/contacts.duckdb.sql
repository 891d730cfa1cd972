-- One row a customer, kind and cleaned value of what identifies it; `fault` says why a value is not believed.
with raw as (
  select
    identities.customer_id,
    identities.kind,
    lower(trim(translate(identities.value, $wide, $narrow))) as text,
    places.code,
    places.trunk
  from identities
  left join places on places.customer_id = identities.customer_id
  where identities.kind in ('email', 'phone', 'document', 'card') and identities.value is not null
),
mail as (
  select
    customer_id,
    text,
    regexp_replace(split_part(text, '@', 1), '\+.*$', '') as mailbox,
    split_part(text, '@', 2) as host
  from raw
  where kind = 'email'
),
mail_cleaned as (
  select
    customer_id,
    'email' as kind,
    case when host in ('gmail.com', 'googlemail.com') then replace(mailbox, '.', '') || '@gmail.com'
      else mailbox || '@' || host end as value,
    case
      when not regexp_full_match(text, '[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+') then 'malformed'
      when list_contains($mailboxes, mailbox) or host in ('test.com', 'example.com', 'example.org') then 'placeholder'
    end as fault
  from mail
),
dialled as (
  select
    customer_id,
    code,
    trunk,
    starts_with(text, '+') as international,
    regexp_replace(regexp_replace(replace(text, '(0)', ''), '(ext|x|转|#).*$', ''), '[^0-9]', '', 'g') as digits
  from raw
  where kind = 'phone'
),
numbered as (
  select
    customer_id,
    digits as dialled,
    case
      when international then digits
      when starts_with(digits, '00') then substring(digits, 3)
      when code is null then
        case when regexp_full_match(digits, '1[3-9][0-9]{9}') then '86' || digits else ltrim(digits, '0') end
      when starts_with(digits, code) and length(digits) >= length(code) + 9 then digits
      when trunk <> '' and starts_with(digits, trunk) then code || substring(digits, length(trunk) + 1)
      else code || digits
    end as value
  from dialled
),
phone_cleaned as (
  select
    customer_id,
    'phone' as kind,
    value,
    case
      when length(value) < 7 or length(value) > 15 then 'malformed'
      when list_contains($numbers, dialled) or list_contains($numbers, value)
        or length(replace(right(value, 7), right(value, 1), '')) = 0 then 'placeholder'
    end as fault
  from numbered
),
paper as (
  select customer_id, kind, regexp_replace(text, '[^\p{L}\p{N}]', '', 'g') as value
  from raw
  where kind in ('document', 'card')
),
paper_cleaned as (
  select
    customer_id,
    kind,
    value,
    case
      when length(value) < 5 then 'malformed'
      when list_contains($placeholders, value) or list_contains($numbers, value)
        or length(replace(value, right(value, 1), '')) = 0 then 'placeholder'
    end as fault
  from paper
),
cleaned as (
  select customer_id, kind, value, fault from mail_cleaned
  union all
  select customer_id, kind, value, fault from phone_cleaned
  union all
  select customer_id, kind, value, fault from paper_cleaned
),
counted as (
  select kind, value, fault, count(distinct customer_id) as customers
  from cleaned
  group by kind, value, fault
)
select distinct
  cleaned.customer_id,
  cleaned.kind,
  cleaned.value,
  counted.customers,
  case when cleaned.fault is not null then cleaned.fault when counted.customers > $max_shared then 'shared' end as fault
from cleaned
join counted
  on counted.kind = cleaned.kind and counted.value = cleaned.value and counted.fault is not distinct from cleaned.fault
