-- One row a customer, category and day: what they say, what the rule says, and what is wrong with it.
-- key: customer_id, category, as_of_on
with named as (
  select
    w.customer_id,
    w.category,
    w.as_of_on,
    cast(w.total_spend as decimal(18, 4)) as total_spend,
    cast(w.own_spend as decimal(18, 4)) as own_spend,
    w.brands_used,
    cast(w.own_rank as double) as own_rank,
    w.currency,
    case
      when w.as_of_on > cast($today as date) then 'in_future'
      when w.total_spend is null or w.own_spend is null then 'spend_missing'
      when w.total_spend < 0 or w.own_spend < 0 then 'negative_spend'
      when w.own_spend > w.total_spend then 'own_above_total'
      when w.total_spend = 0 then 'nothing_spent'
      when w.currency is not null and w.currency <> $currency then 'other_currency'
    end as spend_fault,
    case
      when w.as_of_on > cast($today as date) then 'in_future'
      when w.own_rank is null or w.brands_used is null then 'rank_missing'
      when w.brands_used < 1 or w.own_rank < 1 or w.own_rank > w.brands_used then 'rank_outside_brands'
    end as rank_fault
  from wallets w
)
select
  n.customer_id,
  n.category,
  n.as_of_on,
  n.total_spend,
  n.own_spend,
  case
    when n.spend_fault is null then cast(n.total_spend - n.own_spend as decimal(18, 4))
  end as elsewhere_spend,
  case
    when n.spend_fault is null then cast(n.own_spend as double) / cast(n.total_spend as double)
  end as stated_share,
  case
    when n.rank_fault is null
      then (1 - n.own_rank / (cast(n.brands_used as double) + 1)) * 2 / cast(n.brands_used as double)
  end as rule_share,
  cast(n.brands_used as bigint) as brands_used,
  n.own_rank,
  n.spend_fault,
  n.rank_fault,
  case when n.spend_fault is null then $currency end as currency
from named n
