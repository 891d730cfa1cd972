-- When contracts began and ended, and how many ended within a week of an anniversary.
with sound as (
  select
    c.opened_on,
    c.closed_on,
    cast(date_diff('day', cast(c.opened_on as date), cast(c.closed_on as date)) as double) as days
  from held c
  where
    c.opened_on <= cast($today as date)
    and (c.closed_on is null or c.closed_on >= c.opened_on)
)
select
  min(s.opened_on) as first_opened,
  max(s.opened_on) as last_opened,
  min(case when s.closed_on <= cast($today as date) then s.closed_on end) as first_closed,
  max(case when s.closed_on <= cast($today as date) then s.closed_on end) as last_closed,
  cast(sum(case when s.closed_on <= cast($today as date) then 1 else 0 end) as bigint) as closed,
  cast(sum(
    case
      when
        s.closed_on <= cast($today as date)
        and s.days >= 350
        and abs(s.days - 365.25 * floor(s.days / 365.25 + 0.5)) <= 7
        then 1
      else 0
    end
  ) as bigint) as closed_at_anniversary
from sound s
