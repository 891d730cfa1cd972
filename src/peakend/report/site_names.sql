select site_id, name
from sites
order by site_id
