-- One row an event of an unidentified visitor: whose it is, and how that is known.
with logins as (
  select
    i.visitor_id,
    i."at" as login_at,
    min(i.customer_id) as customer_id,
    max(i.customer_id) as other_id
  from interactions i
  where
    i.visitor_id is not null
    and i.customer_id is not null
    and epoch_us(i."at") >= 0
    and i."at" <= $now
  group by i.visitor_id, i."at"
),
anonymous as (
  select i.event_id, i.visitor_id, i."at"
  from interactions i
  where i.visitor_id is not null and i.customer_id is null and i."at" is not null
),
devices as (
  select d.value as visitor_id, d.customer_id, d.valid_from, d.valid_to
  from identities d
  where d.kind in ('cookie', 'device')
),
-- The moments at which it became known who uses a device: a login, or the start of an identity.
known as (
  select
    k.visitor_id,
    k.known_at,
    min(k.customer_id) as customer_id,
    max(k.other_id) as other_id,
    max(k.is_login) as is_login
  from (
    select l.visitor_id, l.login_at as known_at, l.customer_id, l.other_id, 1 as is_login
    from logins l
    union all
    select d.visitor_id, d.valid_from as known_at, d.customer_id, d.customer_id as other_id, 0 as is_login
    from devices d
    where d.valid_from <= $now
  ) k
  group by k.visitor_id, k.known_at
),
line as (
  select
    k.visitor_id,
    k.known_at as moment,
    0 as unknown,
    '' as event_id,
    case when k.is_login = 1 then k.known_at end as login_at,
    k.known_at
  from known k
  union all
  select
    a.visitor_id,
    a."at" as moment,
    1 as unknown,
    a.event_id,
    cast(null as timestamp) as login_at,
    cast(null as timestamp) as known_at
  from anonymous a
),
between_logins as (
  select
    n.event_id,
    n.visitor_id,
    n.moment,
    n.unknown,
    max(n.login_at) over (
      partition by n.visitor_id order by n.moment, n.unknown, n.event_id
      rows between unbounded preceding and current row
    ) as last_at,
    min(n.known_at) over (
      partition by n.visitor_id order by n.moment, n.unknown, n.event_id
      rows between current row and unbounded following
    ) as next_at
  from line n
),
placed as (
  select
    b.event_id,
    b.visitor_id,
    b.moment,
    b.last_at,
    l.customer_id as last_id,
    l.other_id as last_other_id,
    n.customer_id as next_id,
    n.other_id as next_other_id,
    n.is_login as next_is_login
  from between_logins b
  left join logins l on l.visitor_id = b.visitor_id and l.login_at = b.last_at
  left join known n on n.visitor_id = b.visitor_id and n.known_at = b.next_at
  where b.unknown = 1
),
-- What the identities say at the moment of the event, and whether they say anything newer than the login.
told as (
  select
    p.event_id,
    min(case
      when (d.valid_from is null or d.valid_from <= p.moment) and (d.valid_to is null or d.valid_to > p.moment)
        then d.customer_id
    end) as customer_id,
    max(case
      when (d.valid_from is null or d.valid_from <= p.moment) and (d.valid_to is null or d.valid_to > p.moment)
        then d.customer_id
    end) as other_id,
    max(case
      when d.customer_id = p.last_id and d.valid_to > p.last_at and d.valid_to <= p.moment then 1
      when
        d.customer_id <> p.last_id
        and d.valid_from > p.last_at
        and d.valid_from <= p.moment
        and (d.valid_to is null or d.valid_to > p.moment)
        then 1
      else 0
    end) as newer
  from placed p
  join devices d on d.visitor_id = p.visitor_id
  group by p.event_id
),
weighed as (
  select
    p.event_id,
    p.visitor_id,
    p.moment,
    case
      when p.last_id is not null and coalesce(t.newer, 0) = 0 then 'login'
      when t.customer_id is not null then 'identity'
      when p.next_is_login = 1 then 'login'
      when p.next_id is not null then 'identity'
      else 'visitor'
    end as evidence,
    case
      when p.last_id is not null and coalesce(t.newer, 0) = 0 then p.last_id
      when t.customer_id is not null then t.customer_id
      else p.next_id
    end as one_id,
    case
      when p.last_id is not null and coalesce(t.newer, 0) = 0 then p.last_other_id
      when t.customer_id is not null then t.other_id
      else p.next_other_id
    end as another_id
  from placed p
  left join told t on t.event_id = p.event_id
),
decided as (
  select
    w.event_id,
    w.visitor_id,
    w.moment,
    case when w.one_id = w.another_id then w.one_id end as customer_id,
    case when w.one_id <> w.another_id then 'conflict' else w.evidence end as known_by
  from weighed w
)
select
  d.event_id,
  d.customer_id,
  d.known_by,
  first_value(d.event_id) over (
    partition by d.visitor_id, case when d.customer_id is null then 0 else 1 end order by d.moment, d.event_id
    rows between unbounded preceding and unbounded following
  ) as first_event_id
from decided d
