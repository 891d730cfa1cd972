-- One row a customer: everything two records are compared on. Lists are sorted; a missing value is null or empty.
with mailbox_parts as (
  -- Some hosts ignore dots, and people who move between hosts keep the letters.
  select customer_id, regexp_replace(split_part(value, '@', 1), '[._-]', '', 'g') as mailbox
  from contacts
  where kind = 'email' and fault is null
),
mailboxes as (
  select mailbox
  from mailbox_parts
  where length(mailbox) > 4
  group by mailbox
  having count(distinct customer_id) <= $max_shared
),
mailbox_lists as (
  select mailbox_parts.customer_id, list(distinct mailboxes.mailbox order by mailboxes.mailbox) as mailboxes
  from mailbox_parts
  join mailboxes on mailboxes.mailbox = mailbox_parts.mailbox
  group by mailbox_parts.customer_id
),
listed as (
  select
    customer_id,
    list(value order by customers, value) filter (where kind = 'email') as emails,
    list(value order by customers, value) filter (where kind = 'phone') as phones,
    list(distinct right(value, 9) order by right(value, 9)) filter (where kind = 'phone') as phone_tails
  from contacts
  where fault is null
  group by customer_id
),
years as (
  select birth_year from birth_years where fault is null
)
select
  customers.customer_id as unique_id,
  customers.source,
  coalesce(customers.kind, 'person') as kind,
  coalesce(names.han, false) as han,
  names.name_text,
  names.name_key,
  coalesce(names.name_words, cast([] as varchar[])) as name_words,
  years.birth_year,
  case
    when regexp_matches(lower(trim(customers.gender)), '^(m|male|man|mann|h|男|男性|先生|mr)$') then 'm'
    when regexp_matches(lower(trim(customers.gender)), '^(f|female|woman|w|frau|女|女性|女士|小姐|mrs|ms)$') then 'f'
  end as gender,
  coalesce(listed.emails, cast([] as varchar[])) as emails,
  coalesce(mailbox_lists.mailboxes, cast([] as varchar[])) as mailboxes,
  coalesce(listed.phones, cast([] as varchar[])) as phones,
  coalesce(listed.phone_tails, cast([] as varchar[])) as phone_tails,
  listed.emails[1] as email,
  listed.phones[1] as phone,
  places.city,
  places.country
from customers
left join names on names.customer_id = customers.customer_id
left join years on years.birth_year = customers.birth_year
left join listed on listed.customer_id = customers.customer_id
left join mailbox_lists on mailbox_lists.customer_id = customers.customer_id
left join places on places.customer_id = customers.customer_id
