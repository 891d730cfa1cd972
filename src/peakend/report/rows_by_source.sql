select source, count(*) as n
from facts
group by source
order by source
