-- One row a customer with a name: as written, and a key that does not depend on the order of its words.
with joined as (
  select
    customer_id,
    bool_or(han) as han,
    string_agg(word, ' ' order by position) as written,
    string_agg(root, ' ' order by root, position) as sorted_roots,
    string_agg(word, '' order by position) as squeezed,
    list(root order by position) as roots
  from words
  group by customer_id
)
select
  customer_id,
  han,
  written as name_text,
  case when han then array_to_string(list_sort(string_split(squeezed, '')), '') else sorted_roots end as name_key,
  roots as name_words
from joined
