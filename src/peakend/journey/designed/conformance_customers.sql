select distinct j.customer_id
from judged j
where j.design_id = $design_id and j.version = $version and j.customer_id is not null
