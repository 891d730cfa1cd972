-- Why two records must not become one customer whatever their weight, or null. One row a pair of `pairs`.
with word_counts as (
  select word, count(distinct customer_id) as customers
  from words
  group by word
),
named as (
  select
    pairs.unique_id_l,
    pairs.unique_id_r,
    l.kind as kind_l,
    r.kind as kind_r,
    coalesce(l.gender = r.gender, false) as same_gender,
    coalesce(l.gender <> r.gender, false) as genders_differ,
    list_has_any(l.emails, r.emails) or list_has_any(l.mailboxes, r.mailboxes) as same_mailbox,
    list_has_any(l.phone_tails, r.phone_tails) as same_phone,
    coalesce(l.birth_year = r.birth_year, false) as same_year,
    coalesce(l.birth_year <> r.birth_year, false) as years_differ,
    coalesce(
      abs(l.birth_year - r.birth_year) = 1
      or (abs(l.birth_year - r.birth_year) < 15
        and levenshtein(cast(l.birth_year as varchar), cast(r.birth_year as varchar)) = 1)
      or (levenshtein(cast(l.birth_year as varchar), cast(r.birth_year as varchar)) = 2
        and damerau_levenshtein(cast(l.birth_year as varchar), cast(r.birth_year as varchar)) = 1),
      false) as near_years,
    case
      when l.name_key is null or r.name_key is null or l.han <> r.han then 'unknown'
      when l.name_key = r.name_key or replace(l.name_text, ' ', '') = replace(r.name_text, ' ', '') then 'same'
      when l.han then 'differs'
    end as by_key
  from pairs
  join records as l on l.unique_id = pairs.unique_id_l
  join records as r on r.unique_id = pairs.unique_id_r
),
grid as (
  select
    named.unique_id_l,
    named.unique_id_r,
    l.position as position_l,
    r.position as position_r,
    case
      when l.root = r.root then 3
      when (length(l.word) = 1 and starts_with(r.word, l.word)) or (length(r.word) = 1 and starts_with(l.word, r.word))
      then 1
      when greatest(length(l.word), length(r.word)) >= 4 and least(length(l.word), length(r.word)) >= 3
        and damerau_levenshtein(l.word, r.word) <= case when least(length(l.word), length(r.word)) >= 8 then 2 else 1 end
        and (least(cl.customers, cr.customers) <= 2
          or least(cl.customers, cr.customers) * 10 <= greatest(cl.customers, cr.customers))
      then 2
      else 0
    end as agreement
  from named
  join words as l on l.customer_id = named.unique_id_l
  join words as r on r.customer_id = named.unique_id_r
  join word_counts as cl on cl.word = l.word
  join word_counts as cr on cr.word = r.word
  where named.by_key is null
),
left_words as (
  select unique_id_l, unique_id_r, position_l, max(agreement) as agreement
  from grid
  group by unique_id_l, unique_id_r, position_l
),
right_words as (
  select unique_id_l, unique_id_r, position_r, max(agreement) as agreement
  from grid
  group by unique_id_l, unique_id_r, position_r
),
left_names as (
  select
    unique_id_l,
    unique_id_r,
    min(agreement) as least_l,
    max(agreement) as most_l,
    count(*) filter (where agreement >= 2) as agreeing
  from left_words
  group by unique_id_l, unique_id_r
),
right_names as (
  select
    unique_id_l,
    unique_id_r,
    min(agreement) as least_r
  from right_words
  group by unique_id_l, unique_id_r
),
judged as (
  select
    named.*,
    same_mailbox or same_phone as same_contact,
    coalesce(
      named.by_key,
      case
        when a.least_l >= 2 and b.least_r >= 2 then 'typo'
        when (a.least_l >= 2 or b.least_r >= 2) and a.agreeing >= 2 then 'longer'
        when (a.least_l >= 1 or b.least_r >= 1) and a.most_l >= 2 then 'part'
        else 'differs'
      end) as names
  from named
  left join left_names as a on a.unique_id_l = named.unique_id_l and a.unique_id_r = named.unique_id_r
  left join right_names as b on b.unique_id_l = named.unique_id_l and b.unique_id_r = named.unique_id_r
)
select
  unique_id_l,
  unique_id_r,
  names,
  case
    when kind_l <> kind_r then 'kinds'
    when names = 'differs' then 'names'
    when years_differ and not (near_years and same_contact and names in ('same', 'typo', 'longer')) then 'birth_years'
    when genders_differ and not (names = 'same' and (same_year or same_contact)) then 'genders'
    when names = 'part' and not (same_contact and same_year or same_mailbox and same_phone and same_gender) then 'thin'
    when names = 'unknown' and not (same_contact and same_year and same_gender) then 'thin'
  end as guard,
  case when kind_l <> kind_r or names = 'differs' or (years_differ and not near_years)
    or (genders_differ and names <> 'same') then true else false end as apart
from judged
