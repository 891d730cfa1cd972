select
  case when s.customer_id is null then 'unidentified' else 'customers' end as bearer,
  cast(sum(s.cost_to_serve) as decimal(18, 4)) as amount
from service_costs s
group by case when s.customer_id is null then 'unidentified' else 'customers' end
