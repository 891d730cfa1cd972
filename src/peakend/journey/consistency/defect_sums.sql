select
  d.touchpoint_id,
  d.channel,
  cast(date_trunc('month', d."at") as date) as month_start,
  cast(count(*) as bigint) as defects,
  cast(sum(case d.severity when 'critical' then 9 when 'major' then 3 else 1 end) as bigint) as weighted,
  cast(sum(case when d.found_by = 'customer' then 1 else 0 end) as bigint) as by_customers,
  cast(sum(case when d.fixed_at is null then 1 else 0 end) as bigint) as still_open
from defects d
where d.touchpoint_id is not null
group by d.touchpoint_id, d.channel, cast(date_trunc('month', d."at") as date)
