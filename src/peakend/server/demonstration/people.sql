-- Customers with how to reach them and their tier.
-- key: customer_id
select c.customer_id, c.name, c.language, c.city,
  max(case when i.kind = 'email' then i.value end) as email,
  max(case when i.kind = 'phone' then i.value end) as phone,
  max(m.segment) as tier
from customers c
left join identities i on i.customer_id = c.customer_id
left join segment_members m
  on m.subject = 'customer' and m.subject_id = c.customer_id and m.segmentation = 'tier'
group by c.customer_id, c.name, c.language, c.city
order by c.customer_id
