select cast(count(*) as bigint) as n from rows_of
