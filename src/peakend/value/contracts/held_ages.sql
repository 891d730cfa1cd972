-- Every contract in periods of $months. finished: periods over by $as_of (finished_first, finished_second: by the
-- ends of earlier windows). lost_in: the period in which it closed (empty: still open). entered: periods before
-- it was observed, with the one then running.
-- key: contract_id
with sound as (
  select
    c.contract_id,
    c.customer_id,
    c.product_id,
    c.opened_on,
    case when c.closed_on <= cast($as_of as date) then c.closed_on end as closed_on,
    extract(year from c.opened_on) * 12 + extract(month from c.opened_on) as opened_month,
    extract(day from c.opened_on) as opened_day
  from held c
  where
    c.opened_on <= cast($as_of as date)
    and (c.closed_on is null or c.closed_on >= c.opened_on)
),
counted as (
  select
    s.contract_id,
    s.customer_id,
    s.product_id,
    s.opened_on,
    s.closed_on,
    extract(year from cast($as_of as date)) * 12 + extract(month from cast($as_of as date)) - s.opened_month
      - case when extract(day from cast($as_of as date)) < s.opened_day then 1 else 0 end as months_over,
    extract(year from cast($first as date)) * 12 + extract(month from cast($first as date)) - s.opened_month
      - case when extract(day from cast($first as date)) < s.opened_day then 1 else 0 end as months_first,
    extract(year from cast($second as date)) * 12 + extract(month from cast($second as date)) - s.opened_month
      - case when extract(day from cast($second as date)) < s.opened_day then 1 else 0 end as months_second,
    -- A contract that closes on an anniversary was not renewed there.
    extract(year from s.closed_on) * 12 + extract(month from s.closed_on) - s.opened_month
      - case when extract(day from s.closed_on) <= s.opened_day then 1 else 0 end as months_held,
    extract(year from cast($since as date)) * 12 + extract(month from cast($since as date)) - s.opened_month
      - case when extract(day from cast($since as date)) <= s.opened_day then 1 else 0 end as months_unseen
  from sound s
)
select
  c.contract_id,
  c.customer_id,
  c.product_id,
  c.opened_on,
  c.closed_on,
  case
    when $months = 1 then cast(date_trunc('month', c.opened_on) as date)
    when $months = 3 then cast(date_trunc('quarter', c.opened_on) as date)
    else cast(date_trunc('year', c.opened_on) as date)
  end as cohort_on,
  cast(floor(cast(c.months_over as double) / $months) as bigint) as finished,
  cast(greatest(floor(cast(c.months_first as double) / $months), 0) as bigint) as finished_first,
  cast(greatest(floor(cast(c.months_second as double) / $months), 0) as bigint) as finished_second,
  case
    when c.closed_on is not null
      then cast(greatest(floor(cast(c.months_held as double) / $months), 0) as bigint) + 1
  end as lost_in,
  case
    when c.opened_on < cast($since as date)
      then cast(greatest(floor(cast(c.months_unseen as double) / $months), 0) as bigint) + 1
    else cast(0 as bigint)
  end as entered
from counted c
