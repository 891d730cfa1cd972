-- The median wait of every edge and the ends of its interval by Woodruff (1952): the variance of the share of
-- waits up to the median, between customers, says which ranks the ends are.
with waits as (
  select
    p.segmentation,
    p.segment,
    p.from_touchpoint_id,
    p.to_touchpoint_id,
    coalesce(p.customer_id, p.journey_id) as who,
    p.wait_us,
    row_number() over (
      partition by p.segmentation, p.segment, p.from_touchpoint_id, p.to_touchpoint_id
      order by p.wait_us, p.event_id
    ) as rank,
    count(*) over (partition by p.segmentation, p.segment, p.from_touchpoint_id, p.to_touchpoint_id) as size
  from passages p
  where p.kind = 'step'
),
by_customer as (
  select
    w.segmentation,
    w.segment,
    w.from_touchpoint_id,
    w.to_touchpoint_id,
    w.who,
    cast(count(*) as bigint) as waited,
    cast(sum(case when 2 * w.rank <= w.size then 1 else 0 end) as bigint) as below
  from waits w
  group by w.segmentation, w.segment, w.from_touchpoint_id, w.to_touchpoint_id, w.who
),
counted as (
  select
    c.segmentation,
    c.segment,
    c.from_touchpoint_id,
    c.to_touchpoint_id,
    cast(count(*) as bigint) as customers,
    cast(sum(c.waited) as bigint) as waited,
    cast(sum(c.below) as double) / sum(c.waited) as share,
    sum(cast(c.below as double) * c.below) as below_below,
    sum(cast(c.below as double) * c.waited) as below_waited,
    sum(cast(c.waited as double) * c.waited) as waited_waited
  from by_customer c
  group by c.segmentation, c.segment, c.from_touchpoint_id, c.to_touchpoint_id
),
spread as (
  select
    n.segmentation,
    n.segment,
    n.from_touchpoint_id,
    n.to_touchpoint_id,
    n.customers,
    n.waited,
    cast(
      sqrt(
        greatest(
          n.below_below - 2.0 * n.share * n.below_waited + n.share * n.share * n.waited_waited,
          0.0
        ) * n.customers * (cast(1 as double) / nullif(n.customers - 1, 0))
      ) as double
    ) / n.waited as se
  from counted n
)
select
  w.segmentation,
  w.segment,
  w.from_touchpoint_id,
  w.to_touchpoint_id,
  max(s.customers) as customers,
  max(s.waited) as waits,
  cast(min(case when 2 * w.rank >= w.size then w.wait_us end) as double) / 1000000.0 as median_s,
  cast(
    max(case when w.rank = 1 or w.rank <= w.size * (0.5 - $z * s.se) then w.wait_us end) as double
  ) / 1000000.0 as low_s,
  cast(
    min(case when w.rank = w.size or w.rank >= w.size * (0.5 + $z * s.se) + 1 then w.wait_us end) as double
  ) / 1000000.0 as high_s
from waits w
join spread s
  on s.segmentation = w.segmentation
  and s.segment = w.segment
  and s.from_touchpoint_id = w.from_touchpoint_id
  and s.to_touchpoint_id = w.to_touchpoint_id
group by w.segmentation, w.segment, w.from_touchpoint_id, w.to_touchpoint_id
