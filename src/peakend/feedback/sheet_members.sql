with own as (
  select m.subject_id as response_id, m.segmentation, m.segment
  from segment_members m
  where m.subject = 'response'
),
of_customer as (
  select r.response_id, m.segmentation, m.segment
  from responses r
  join segment_members m on m.subject_id = r.customer_id
  where m.subject = 'customer'
)
select o.response_id, o.segmentation, o.segment
from own o
join responses r on r.response_id = o.response_id
union
select c.response_id, c.segmentation, c.segment
from of_customer c
left join own o on o.response_id = c.response_id and o.segmentation = c.segmentation
where o.response_id is null
