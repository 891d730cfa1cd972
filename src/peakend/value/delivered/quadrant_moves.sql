select b.quadrant as from_quadrant, n.quadrant as to_quadrant, count(*) as customers
from now n
inner join before b on b.customer_id = n.customer_id
where b.quadrant <> 'unknown' and n.quadrant <> 'unknown'
group by b.quadrant, n.quadrant
