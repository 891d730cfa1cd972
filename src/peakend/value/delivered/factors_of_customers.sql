-- key: customer_id, factor
-- What every customer said of each factor in a window: the mean answer as a share of its scale, once for each
-- factor; answers outside the scale do not count.
with said as (
  select
    r.customer_id,
    case q.dimension
      when 'product_value' then 'product'
      when 'service_value' then 'service'
      when 'personnel_value' then 'personnel'
      when 'image_value' then 'image'
      when 'energy_cost' then 'energy'
      when 'psychic_cost' then 'psychic'
    end as factor,
    (cast(a.score as double) - q.scale_low) / (q.scale_high - q.scale_low) as share
  from answers a
  inner join questions q on q.question_id = a.question_id
  inner join responses r on r.response_id = a.response_id
  where
    q.dimension in (
      'product_value', 'service_value', 'personnel_value', 'image_value', 'energy_cost', 'psychic_cost'
    )
    and q.scale_high > q.scale_low
    and a.state = 'answered'
    and a.score >= q.scale_low
    and a.score <= q.scale_high
    and r.customer_id is not null
    and r.answered_at >= cast($from_at as timestamp)
    and r.answered_at < cast($to_at as timestamp)
)
select s.customer_id, s.factor, avg(s.share) as units
from said s
group by s.customer_id, s.factor
