from __future__ import annotations

import pytest
from sqlglot import parse_one

from peakend.engine import PortabilityError
from peakend.engine.portable import check_portable

FINE = [
    "select a.k, count(*) as n from t a join u b on b.k = a.k group by a.k order by n desc, a.k",
    "select cast(sum(x) as bigint) as s, sum(x) filter (where y > 1) as f from t",
    "select cast(a as double) / b as r, a / cast(b as double) as q from t",
    "select s.m / s.n as r from (select cast(sum(x) as double) as m, count(*) as n from t) s",
    "with d as (select avg(x) as m from t) select m / 2 as half, m as same from d",
    "select cast(floor(x / cast(3 as double)) as bigint) as third from t",
    "select string_agg(w, '>' order by at, event_id) as variant from t group by k",
    "select row_number() over (partition by k order by at desc, event_id) as rn from t",
    "select rank() over (order by x) as r, dense_rank() over (order by x) as d from t",
    "select sum(x) over (order by at, event_id rows between unbounded preceding and current row) as s from t",
    "select sum(x) over (order by x range between unbounded preceding and current row) as running from t",
    "select max(x) over (partition by k) as top from t",
    "select lag(x) over (order by at, event_id) as a, ntile(5) over (order by x, customer_id) as b from t",
    "with g as (select k, m, count(*) as n from t group by k, m) "
    "select row_number() over (partition by k order by n desc, m) as place from g",
    "select row_number() over (order by segment, month) as place from t -- key: segment, month",
    "with n as (select w, row_number() over (order by at, event_id) as place from t) "
    "select lag(w) over (order by place) as before from n",
    "select k, count(*) as n from t group by k order by n desc, k limit 10",
    "select k, count(*) as n from t group by 1 order by 2 desc, 1 limit 10",
    "select w from t order by at, event_id limit 3",
    "select * from t limit 0",
    "select 1 as one from t limit 1",
    "select count(*) as n from t limit 1",
    "select cast(date_trunc('month', at) as date) as month from t",
    "select date_diff('day', cast(a as date), cast(b as date)) as days from t",
    "select epoch_us(a) - epoch_us(b) as us from t",
    "select substr(w, 1, 3) as start, lower(trim(w)) || '-' || cast(n as varchar) as word from t",
    "select coalesce(a, 0) as a, sum(t.a) as s from t group by coalesce(a, 0)",
    "select count(distinct k) as n from t where w like 'a%'",
    "select round(cast(x as decimal(18, 4)), 2) as r from t",
    "select cast(null as varchar) as nothing, t.* from t",
    "with s as (select w from t) select sum(w) as w, sum(w * w) as w2 from s where w is not null",
    "select median(x) as m, extract(year from at) as y from t",
    "select a as x from t union all select b as x from u",
]

REFUSED = [
    ("select k, count(*) as n from t group by all", "GROUP BY ALL"),
    ("select a from t order by all", "ORDER BY ALL"),
    ("select a from t qualify row_number() over (order by event_id) = 1", "QUALIFY"),
    ("select distinct on (k) k, a from t order by k", "DISTINCT ON"),
    ("select count(distinct a, b) as n from t", "distinct a, b"),
    ("select count(distinct (a, b)) as n from t", "distinct a, b"),
    ("select sum(distinct a) as n from t", "DISTINCT inside"),
    ("select * exclude (a) from t", "EXCLUDE"),
    ("select * replace (a + 1 as a) from t", "EXCLUDE"),
    ("select a from (select a from t)", "without a name"),
    ("select a from t asof join u on t.at >= u.at", "ASOF"),
    ("select a from t semi join u on u.a = t.a", "SEMI"),
    ("select a from t natural join u", "NATURAL"),
    ("select a from t, lateral (select 1 as b) l", "LATERAL"),
    ("select x from range(3) r(x)", "table function"),
    ("select a from t tablesample 10%", "TABLESAMPLE"),
    ("select a from t union by name select b from u", "BY NAME"),
    ("with recursive r as (select 1 as a union all select a + 1 from r) select a from r", "RECURSIVE"),
    ("select a, sum(x) as s from t group by rollup (a)", "ROLLUP"),
    ("select l[1] as first from t", "lists"),
    ("select [1, 2] as l from t", "Array"),
    ("select {'a': 1} as s from t", "Struct"),
    ("select a from t where a ilike 'x%'", "ILIKE"),
    ("select a from t where regexp_matches(a, 'x')", "RegexpLike"),
    ("select a from t where a like $pattern", "LIKE"),
    ("select a from t where a like 'x!%' escape '!'", "ESCAPE"),
    ("select a // 2 as half from t", "//"),
    ("select a & 2 as bit from t", "bitwise"),
    ("select at from t where at > cast($now as timestamp) - interval 1 day", "INTERVAL"),
    ("select x + 1 as y, y * 2 as z from t", "y is also"),
    ("select x + 1 as y from t where y > 2", "y is also"),
    ("select coalesce(k, '') as k, count(*) as n from t group by k", "k is also"),
    ("select count(*) from t", "without a name"),
    ("select null as a from t", "bare NULL"),
    ("select CustomerId from t", "capitals"),
    ("select any_value(a) as a from t", "min or max"),
    ("select concat(a, b) as c from t", "a || b"),
    ("select upper(a) as c from t", "lower"),
    ("select log(x) as l from t", "ln(x)"),
    ("select epoch(at) as s from t", "epoch_us"),
    ("select dayofweek(at) as d from t", "Monday"),
    ("select extract(dow from at) as d from t", "extract(dow)"),
    ("select hash(a) as h from t", "hash"),
    ("select kurtosis(a) as h from t", "Kurtosis"),
    ("select approx_count_distinct(a) as h from t", "Approx"),
    ("select quantile_cont(a, 0.9) as q from t", "nearest rank"),
    ("select percentile_cont(0.9) within group (order by a) as q from t", "nearest rank"),
    ("select try_cast(a as integer) as i from t", "try_cast"),
    ("select now() as a from t", "parameter"),
    ("select frobnicate(a) as f from t", "frobnicate"),
    ("select row_number() over () as rn from t", "no ORDER BY"),
    ("select row_number() over (order by at) as rn from t", "not total"),
    ("select lag(x) over (partition by k order by at) as x from t", "not total"),
    ("select ntile(5) over (order by x) as fifth from t", "not total"),
    ("with g as (select k, m, count(*) as n from t group by k, m) "
     "select row_number() over (partition by k order by n desc) as place from g", "not total"),
    ("select row_number() over (order by segment) as place from t -- key: segment, month", "not total"),
    ("select sum(x) over (order by at, event_id) as s from t", "which rows"),
    ("select first_value(x) over (order by at, event_id) as s from t", "which rows"),
    ("select sum(x) over w as s from t window w as (order by event_id)", "named WINDOW"),
    ("select median(x) over (partition by k) as m from t", "in a window"),
    ("select count(distinct x) over (partition by k) as m from t", "in a window"),
    ("select sum(x) filter (where y) over (partition by k) as m from t", "FILTER in a window"),
    ("select sum(x) over (order by a_id groups between 1 preceding and current row) as m from t", "GROUPS"),
    ("select string_agg(w, '>') as v from t group by k", "string_agg without"),
    ("select string_agg(w, '>' order by at) as v from t group by k", "not total"),
    ("select w from t limit 3", "LIMIT"),
    ("select w from t order by at limit 3", "LIMIT"),
    ("select k, count(*) as n from t group by k order by n desc limit 3", "LIMIT"),
    ("select a / b as r from t", "cast to double"),
    ("select sum(x) / count(*) as r from t", "cast to double"),
    ("select cast(a / b as double) as r from t", "cast to double"),
    ("select cast(x / cast(2 as double) as integer) as r from t", "rounds here"),
    ("with d as (select avg(x) as m from t) select cast(m as bigint) as whole from d", "rounds here"),
    ("select cast(cast(x as decimal(9, 2)) as integer) as r from t", "rounds here"),
    ("select cast(a > 1 as integer) as r from t", "case when"),
    ("select sum(a > 1) as r from t", "case when"),
    ("select cast(cast(x as double) as varchar) as r from t", "written otherwise"),
    ("select 'x' || cast(x as double) as r from t", "|| with"),
    ("select cast(x as hugeint) as r from t", "the type"),
    ("select cast(x as timestamptz) as r from t", "the type"),
    ("select cast(x as float) as r from t", "the type"),
    ("select round(x, 2) as r from t", "round of a double"),
    ("select substr(w, 0, 2) as r from t", "substr"),
    ("select substr(w, -2) as r from t", "substr"),
    ("select date_trunc('month', at) as r from t", "date_trunc"),
    ("select cast(date_trunc('hour', at) as date) as r from t", "date_trunc"),
    ("select date_diff('hour', a, b) as r from t", "days only"),
    ("select date_diff('day', a, b) as r from t", "cast to date"),
    ("select cast(a as date) - cast(b as date) as r from t", "difference"),
]  # fmt: skip


@pytest.mark.parametrize("sql", FINE)
def test_what_means_the_same_everywhere_passes(sql: str) -> None:
    check_portable(parse_one(sql, read="duckdb"), "test")


@pytest.mark.parametrize(("sql", "reason"), REFUSED, ids=[sql for sql, _ in REFUSED])
def test_what_may_differ_is_refused_with_a_reason(sql: str, reason: str) -> None:
    with pytest.raises(PortabilityError) as caught:
        check_portable(parse_one(sql, read="duckdb"), "test")
    assert any(reason in said for said in caught.value.data["reasons"]), caught.value.data["reasons"]


def test_every_reason_is_given_at_once() -> None:
    with pytest.raises(PortabilityError) as caught:
        check_portable(parse_one("select a / b, log(a) from t limit 1", read="duckdb"), "feedback/x")
    assert len(caught.value.data["reasons"]) >= 4
    assert "feedback/x" in caught.value.in_("zh")
