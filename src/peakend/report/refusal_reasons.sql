select table_name, column_name, reason_code, count(*) as n, min(reason_en) as reason_en, min(reason_zh) as reason_zh
from refused_rows
group by table_name, column_name, reason_code
order by n desc, table_name, column_name, reason_code
