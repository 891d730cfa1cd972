-- Where both a stated share and a rank are known: sums by number of brands and rank.
select
  c.category,
  c.as_of_on,
  c.brands_used,
  c.own_rank,
  cast(count(*) as bigint) as n,
  sum(c.stated_share) as stated_sum,
  sum(c.stated_share * c.stated_share) as stated_squares,
  sum(abs(c.stated_share - c.rule_share)) as absolute_errors,
  max(c.rule_share) as rule_share
from customer_wallets c
where c.stated_share is not null and c.rule_share is not null
group by c.category, c.as_of_on, c.brands_used, c.own_rank
order by c.category, c.as_of_on, c.brands_used, c.own_rank
