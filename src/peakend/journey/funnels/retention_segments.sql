select 'all' as segmentation, 'all' as segment, p.cohort_on, p.period_on, cast(count(*) as bigint) as n
from periods p
group by p.cohort_on, p.period_on
union all
select m.segmentation, m.segment, p.cohort_on, p.period_on, cast(count(*) as bigint) as n
from periods p
join segment_members m on m.subject = 'customer' and m.subject_id = p.customer_id
group by m.segmentation, m.segment, p.cohort_on, p.period_on
