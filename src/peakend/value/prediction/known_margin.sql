-- Margin of the lines whose cost is known, and how much of the revenue that is.
select
  cast(sum(t.revenue) as decimal(18, 4)) as revenue,
  cast(sum(case when t.cost is not null then t.revenue else 0 end) as decimal(18, 4)) as revenue_with_cost,
  cast(sum(case when t.cost is not null then t.revenue - t.cost else 0 end) as decimal(18, 4)) as margin
from transactions t
where t.kind in ('sale', 'refund') and t.customer_id is not null and t.currency = $currency
