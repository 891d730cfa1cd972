with each as (
  select
    coalesce(m.customer_id, m.unit_id) as counted_id,
    m.step,
    m.from_touchpoint,
    m.to_touchpoint,
    count(*) as moved
  from moves m
  group by coalesce(m.customer_id, m.unit_id), m.step, m.from_touchpoint, m.to_touchpoint
),
there as (
  select e.counted_id, e.step, e.from_touchpoint, sum(e.moved) as stood
  from each e
  group by e.counted_id, e.step, e.from_touchpoint
),
totals as (
  select
    t.step,
    t.from_touchpoint,
    sum(t.stood) as n,
    sum(cast(t.stood as double) * t.stood) as squares
  from there t
  group by t.step, t.from_touchpoint
),
moved as (
  select
    e.step,
    e.from_touchpoint,
    e.to_touchpoint,
    sum(e.moved) as moved,
    count(*) as customers,
    sum(cast(e.moved as double) * e.moved) as squares,
    sum(cast(e.moved as double) * t.stood) as products
  from each e
  join there t
    on t.counted_id = e.counted_id and t.step = e.step and t.from_touchpoint = e.from_touchpoint
  group by e.step, e.from_touchpoint, e.to_touchpoint
),
shared as (
  select
    m.step,
    m.from_touchpoint,
    m.to_touchpoint,
    m.moved,
    m.customers,
    t.n,
    cast(m.moved as double) / t.n as share,
    m.squares,
    m.products,
    t.squares as stood_squares
  from moved m
  join totals t on t.step = m.step and t.from_touchpoint = m.from_touchpoint
),
sized as (
  select
    s.step,
    s.from_touchpoint,
    s.to_touchpoint,
    s.moved,
    s.customers,
    s.n,
    s.share,
    case
      when s.share >= 1 or s.squares - 2 * s.share * s.products + s.share * s.share * s.stood_squares <= 0
        then cast(s.n as double)
      else least(
        cast(s.n as double),
        s.share * (1 - s.share) * s.n * s.n
          / (s.squares - 2 * s.share * s.products + s.share * s.share * s.stood_squares)
      )
    end as size
  from shared s
)
select
  z.step,
  z.from_touchpoint,
  z.to_touchpoint,
  cast(z.moved as bigint) as moved,
  cast(z.n as bigint) as n,
  cast(z.customers as bigint) as customers,
  z.share,
  case
    when z.share <= 0 then 0.0
    else (z.share + $z * $z / (2 * z.size)
      - $z * sqrt(z.share * (1 - z.share) / z.size + $z * $z / (4 * z.size * z.size))) / (1 + $z * $z / z.size)
  end as share_low,
  case
    when z.share >= 1 then 1.0
    else (z.share + $z * $z / (2 * z.size)
      + $z * sqrt(z.share * (1 - z.share) / z.size + $z * $z / (4 * z.size * z.size))) / (1 + $z * $z / z.size)
  end as share_high
from sized z
