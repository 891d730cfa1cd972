select row_json, valid_until, load_id
from row_history
where table_name = $table and key = $key and valid_until > $at
order by valid_until, load_id
