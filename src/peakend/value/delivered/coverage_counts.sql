select
  d.factors_known,
  count(*) as customers,
  count(d.product) as product,
  count(d.service) as service,
  count(d.personnel) as personnel,
  count(d.image) as image,
  count(d.money) as money,
  count(d.time_spent) as time_spent,
  count(d.energy) as energy,
  count(d.psychic) as psychic
from delivered d
group by d.factors_known
