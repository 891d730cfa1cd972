select p.customer_id, p.profit, p.revenue, p.cost_to_serve
from profit_cells c
join customer_profit p on p.customer_id = c.customer_id
where c.cut = $cut and c.cell = $cell
