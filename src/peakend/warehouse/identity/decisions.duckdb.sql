-- What becomes of every pair: method says who joins it (rule, model), else held says why nobody does.
with scores as (
  select
    least(unique_id_l, unique_id_r) as unique_id_l,
    greatest(unique_id_l, unique_id_r) as unique_id_r,
    round(match_probability, 9) as probability
  from scored
),
gathered as (
  select
    verdicts.unique_id_l,
    verdicts.unique_id_r,
    verdicts.guard,
    scores.probability,
    coalesce(paper_pairs.same_document, false) as same_document,
    coalesce(paper_pairs.same_card, false) as same_card
  from verdicts
  left join scores on scores.unique_id_l = verdicts.unique_id_l and scores.unique_id_r = verdicts.unique_id_r
  left join paper_pairs
    on paper_pairs.unique_id_l = verdicts.unique_id_l and paper_pairs.unique_id_r = verdicts.unique_id_r
),
joined as (
  select
    *,
    case
      when same_document and coalesce(guard, 'thin') = 'thin' then 'rule'
      when same_card and guard is null then 'rule'
      when probability >= $threshold and guard is null then 'model'
    end as method
  from gathered
)
select
  unique_id_l,
  unique_id_r,
  probability,
  same_document,
  same_card,
  method,
  case when method is null then coalesce(guard, 'unsure') end as held
from joined
order by unique_id_l, unique_id_r
