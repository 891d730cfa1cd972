-- Every pair worth a verdict, smaller id first: those the model finds likely, and those with a paper in common.
with every_pair as (
  select least(unique_id_l, unique_id_r) as unique_id_l, greatest(unique_id_l, unique_id_r) as unique_id_r from scored
  union
  select unique_id_l, unique_id_r from paper_pairs
)
select unique_id_l, unique_id_r from every_pair
