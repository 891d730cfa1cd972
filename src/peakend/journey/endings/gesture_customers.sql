with assigned as (
  select t.initiative_id, t.unit_id as customer_id, t.arm, t.assigned_at, t.randomised
  from treatments t
  join initiatives i on i.initiative_id = t.initiative_id
  where t.unit_kind = 'customer' and t.assigned_at is not null and i.touchpoint_id is not null
),
felt as (
  select
    a.initiative_id,
    a.customer_id,
    avg(m.overall) as overall,
    avg(m.end_score) as end_score
  from assigned a
  join journey_memory m on m.customer_id = a.customer_id
  where m.ended_at >= a.assigned_at and epoch_us(m.ended_at) - epoch_us(a.assigned_at) <= $window_us
  group by a.initiative_id, a.customer_id
),
sales as (
  select t.customer_id, t."at", t.revenue, t.cost
  from transactions t
  where t.kind in ('sale', 'refund') and t.customer_id is not null
),
last_sale as (
  select max(s."at") as until_at from sales s
),
bought as (
  select
    a.initiative_id,
    a.customer_id,
    sum(case
      when s."at" > a.assigned_at and epoch_us(s."at") - epoch_us(a.assigned_at) <= $window_us
        then s.revenue
    end) as revenue,
    max(case
      when s."at" > a.assigned_at and epoch_us(s."at") - epoch_us(a.assigned_at) <= $window_us
        and s.revenue > 0 then 1
      else 0
    end) as bought
  from assigned a
  join sales s on s.customer_id = a.customer_id
  group by a.initiative_id, a.customer_id
)
select
  a.initiative_id,
  a.arm,
  a.customer_id,
  case when a.randomised then 1 else 0 end as randomised,
  f.overall,
  f.end_score,
  case
    when l.until_at is null or epoch_us(l.until_at) - epoch_us(a.assigned_at) < $window_us then null
    else cast(coalesce(b.bought, 0) as double)
  end as bought,
  case
    when l.until_at is null or epoch_us(l.until_at) - epoch_us(a.assigned_at) < $window_us then null
    else cast(coalesce(b.revenue, 0) as double)
  end as revenue
from assigned a
left join felt f on f.initiative_id = a.initiative_id and f.customer_id = a.customer_id
left join bought b on b.initiative_id = a.initiative_id and b.customer_id = a.customer_id
cross join last_sale l
