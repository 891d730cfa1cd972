select table_name, column_name, count(*) as n
from refused_rows
group by table_name, column_name
