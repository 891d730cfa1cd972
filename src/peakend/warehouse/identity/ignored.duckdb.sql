-- How many values were not compared, why, and how many customers hold them. Never the values themselves.
select kind, fault, count(distinct value) as values_ignored, count(distinct customer_id) as customers
from contacts
where fault is not null
group by kind, fault
union all
select 'birth_year' as kind, fault, count(*) as values_ignored, cast(sum(customers) as bigint) as customers
from birth_years
where fault is not null
group by fault
order by 1, 2
