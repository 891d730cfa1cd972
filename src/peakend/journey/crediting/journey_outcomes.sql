with named as (
  select s.touchpoint_id
  from journey_steps s
  group by s.touchpoint_id
),
complaint_points as (
  select n.touchpoint_id
  from named n
  left join touchpoints t on t.touchpoint_id = n.touchpoint_id
  where
    lower(n.touchpoint_id) like '%complain%'
    or n.touchpoint_id like '%投诉%'
    or lower(t.name) like '%complain%'
    or t.name_zh like '%投诉%'
),
sales as (
  select
    t.customer_id,
    coalesce(t.order_id, t.transaction_id) as row_id,
    min(t."at") as "at"
  from transactions t
  where t.customer_id is not null and t.kind = 'sale' and t."at" <= $now and epoch_us(t."at") >= 0
  group by t.customer_id, coalesce(t.order_id, t.transaction_id)
),
filed as (
  select c.customer_id, c.case_id as row_id, c.opened_at as "at"
  from cases c
  where
    c.customer_id is not null
    and c.opened_at <= $now
    and (lower(c.kind) like '%complain%' or c.kind like '%投诉%')
),
contacts as (
  select
    s.customer_id,
    s.event_id as row_id,
    s."at",
    case when p.touchpoint_id is not null then s."at" end as complained_at
  from journey_steps s
  left join complaint_points p on p.touchpoint_id = s.touchpoint_id
  where s.customer_id is not null
),
observed as (
  select
    (select max(c."at") from contacts c) as contacts_until,
    (select max(s."at") from sales s) as sales_until,
    (select max(c.opened_at) from cases c where c.opened_at <= $now) as cases_until,
    (select count(*) from filed f) + (select count(*) from complaint_points p) as complaints
),
stream as (
  select
    j.customer_id, j.started_at as "at", 0 as turn, j.journey_id as row_id, j.journey_id,
    cast(null as timestamp) as sold_at, cast(null as timestamp) as met_at,
    cast(null as timestamp) as complained_at
  from journeys j
  where j.customer_id is not null
  union all
  select
    s.customer_id, s."at", 1 as turn, s.row_id, cast(null as varchar) as journey_id,
    s."at" as sold_at, cast(null as timestamp) as met_at, cast(null as timestamp) as complained_at
  from sales s
  union all
  select
    c.customer_id, c."at", 1 as turn, c.row_id, cast(null as varchar) as journey_id,
    cast(null as timestamp) as sold_at, c."at" as met_at, c.complained_at
  from contacts c
  union all
  select
    f.customer_id, f."at", 1 as turn, f.row_id, cast(null as varchar) as journey_id,
    cast(null as timestamp) as sold_at, cast(null as timestamp) as met_at, f."at" as complained_at
  from filed f
  union all
  select
    j.customer_id, j.ended_at as "at", 2 as turn, j.journey_id as row_id, j.journey_id,
    cast(null as timestamp) as sold_at, cast(null as timestamp) as met_at,
    cast(null as timestamp) as complained_at
  from journeys j
  where j.customer_id is not null
),
ahead as (
  select
    s.customer_id,
    s.journey_id,
    s."at",
    s.turn,
    min(s.sold_at) over (
      partition by s.customer_id
      order by s."at", s.turn, s.row_id
      rows between 1 following and unbounded following
    ) as sold_at,
    min(s.met_at) over (
      partition by s.customer_id
      order by s."at", s.turn, s.row_id
      rows between 1 following and unbounded following
    ) as met_at,
    min(s.complained_at) over (
      partition by s.customer_id
      order by s."at", s.turn, s.row_id
      rows between 1 following and unbounded following
    ) as complained_at
  from stream s
),
placed as (
  select
    a.journey_id,
    min(a.customer_id) as customer_id,
    max(case when a.turn = 2 then a."at" end) as ended_at,
    max(case when a.turn = 2 then a.sold_at end) as sold_at,
    max(case when a.turn = 2 then a.met_at end) as met_at,
    max(case when a.turn = 0 then a.complained_at end) as complained_at
  from ahead a
  where a.journey_id is not null
  group by a.journey_id
)
select
  p.journey_id,
  p.customer_id,
  p.ended_at,
  case
    when epoch_us(o.sales_until) - epoch_us(p.ended_at) >= $repurchase_us
      then p.sold_at is not null and epoch_us(p.sold_at) - epoch_us(p.ended_at) <= $repurchase_us
  end as repurchased,
  case
    when
      epoch_us(least(o.contacts_until, coalesce(o.sales_until, o.contacts_until))) - epoch_us(p.ended_at)
      >= $churn_us
      then
        (p.sold_at is null or epoch_us(p.sold_at) - epoch_us(p.ended_at) > $churn_us)
        and (p.met_at is null or epoch_us(p.met_at) - epoch_us(p.ended_at) > $churn_us)
  end as churned,
  case
    when
      o.complaints > 0
      and epoch_us(least(o.contacts_until, coalesce(o.cases_until, o.contacts_until))) - epoch_us(p.ended_at)
      >= $complaint_us
      then p.complained_at is not null and epoch_us(p.complained_at) - epoch_us(p.ended_at) <= $complaint_us
  end as complained,
  p.complained_at
from placed p
cross join observed o
