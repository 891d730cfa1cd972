with clustered as (
  select
    m.from_channel,
    m.to_channel,
    case when m.state = 'held' then 0 else 1 end as gap,
    coalesce(m.customer_id, m.journey_id) as cluster_id,
    sum(m.emotion) as felt,
    cast(count(m.emotion) as double) as moments
  from channel_moves m
  where m.designed and m.emotion is not null
  group by
    m.from_channel,
    m.to_channel,
    case when m.state = 'held' then 0 else 1 end,
    coalesce(m.customer_id, m.journey_id)
)
select
  c.from_channel,
  c.to_channel,
  c.gap,
  cast(count(*) as bigint) as clusters,
  sum(c.felt) as felt,
  sum(c.moments) as moments,
  sum(c.felt * c.felt) as felt_felt,
  sum(c.felt * c.moments) as felt_moments,
  sum(c.moments * c.moments) as moments_moments
from clustered c
group by c.from_channel, c.to_channel, c.gap
