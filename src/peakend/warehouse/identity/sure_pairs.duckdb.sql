-- Pairs that agree in name, year of birth and a contact: nearly all are one customer; they set the model's prior.
select count(*) as pairs
from records as l
join records as r on l.name_key = r.name_key and l.birth_year = r.birth_year and l.unique_id < r.unique_id
where l.kind = r.kind and (list_has_any(l.emails, r.emails) or list_has_any(l.phone_tails, r.phone_tails))
