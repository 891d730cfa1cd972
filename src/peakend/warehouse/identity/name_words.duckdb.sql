-- One row a word of a customer's name, in the order written; a Chinese name gives two: family name, given name.
with cleaned as (
  select
    customer_id,
    coalesce(kind, 'person') as kind,
    trim(regexp_replace(
      regexp_replace(strip_accents(lower(translate(name, $wide, $narrow))), '[''’‘`´]', '', 'g'),
      '[^\p{L}\p{N}]+', ' ', 'g')) as text
  from customers
  where name is not null
),
kept as (
  select customer_id, kind, text, regexp_matches(text, '\p{Han}.*\p{Han}') as han
  from cleaned
  where text <> '' and not list_contains($placeholders, text)
),
chinese as (
  select
    customer_id,
    kind,
    trim(regexp_replace(
      regexp_replace(text, '[^\p{Han} ]', '', 'g'),
      case when kind = 'organisation' then $legal_zh else $titles_zh end, '')) as text
  from kept
  where han
),
parted as (
  select customer_id, kind, replace(text, ' ', '') as whole, string_split(regexp_replace(text, ' +', ' ', 'g'), ' ') as parts
  from chinese
  where length(replace(text, ' ', '')) > 1
),
ordered as (
  select
    customer_id,
    kind,
    case
      when kind = 'person' and len(parts) = 2
        and (list_contains($compound_families, parts[2]) or (length(parts[2]) = 1 and length(parts[1]) = 2
          and not list_contains($compound_families, parts[1])))
      then parts[2] || parts[1]
      else whole
    end as whole
  from parted
),
divided as (
  select
    customer_id,
    whole,
    case
      when kind = 'organisation' then length(whole)
      when length(whole) > 2 and list_contains($compound_families, substring(whole, 1, 2)) then 2
      else 1
    end as family_length
  from ordered
),
chinese_words as (
  select customer_id, true as han, 1 as position, substring(whole, 1, family_length) as word
  from divided
  union all
  select customer_id, true as han, 2 as position, substring(whole, family_length + 1) as word
  from divided
  where length(whole) > family_length
),
latin as (
  select
    customer_id,
    kind,
    unnest(string_split(text, ' ')) as word,
    generate_subscripts(string_split(text, ' '), 1) as position
  from kept
  where not han
),
latin_words as (
  select customer_id, false as han, position, word
  from latin
  where not list_contains($titles, word) and not (kind = 'organisation' and list_contains($legal, word))
),
words as (
  select customer_id, han, cast(position as integer) as position, word from chinese_words
  union all
  select customer_id, han, cast(position as integer) as position, word from latin_words
)
select words.customer_id, words.han, words.position, words.word, coalesce(nicknames.root, words.word) as root
from words
left join nicknames on nicknames.word = words.word
