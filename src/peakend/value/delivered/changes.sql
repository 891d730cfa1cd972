-- key: customer_id
-- The same customers in two windows, all eight factors known in both: what each factor rose by.
select
  n.customer_id,
  8 as factors_known,
  n.product - b.product as product,
  n.service - b.service as service,
  n.personnel - b.personnel as personnel,
  n.image - b.image as image,
  n.money - b.money as money,
  n.time_spent - b.time_spent as time_spent,
  n.energy - b.energy as energy,
  n.psychic - b.psychic as psychic,
  n.total_value - b.total_value as total_value,
  n.total_cost - b.total_cost as total_cost,
  n.delivered_value - b.delivered_value as delivered_value
from now n
inner join before b on b.customer_id = n.customer_id
where n.factors_known = 8 and b.factors_known = 8
