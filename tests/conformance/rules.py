"""Each rule of the portable subset: a query in the approved form, and the form that the rule stops."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Rule:
    """`approved` agrees on all engines. `banned` is refused by the lint.

    `respelled` names an engine on which `approved` is only right because the engine respells it: rendered
    without that, it fails or gives something else there.
    """

    name: str
    approved: str
    banned: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    respelled: str | None = None


RULES = [
    Rule(
        "equal times are put in order by the event id",
        "with n as (select customer_id, touchpoint, row_number() over "
        "(partition by customer_id order by at, event_id) as place from e) "
        "select touchpoint, place, count(*) as n from n where place <= 5 group by touchpoint, place "
        "order by touchpoint, place",
        "with n as (select customer_id, touchpoint, row_number() over "
        "(partition by customer_id order by at) as place from e) "
        "select touchpoint, place, count(*) as n from n where place <= 5 group by touchpoint, place "
        "order by touchpoint, place",
    ),
    Rule(
        "paths are strung together in order",
        "with v as (select customer_id, string_agg(touchpoint, '>' order by at, event_id) as variant "
        "from e group by customer_id) "
        "select variant, count(*) as n from v group by variant order by n desc, variant limit 2000",
        "select customer_id, string_agg(touchpoint, '>') as variant from e group by customer_id",
    ),
    Rule(
        "running sums see the rows before",
        "with s as (select customer_id, touchpoint, sum(quantity) over (partition by customer_id "
        "order by at, event_id rows between unbounded preceding and current row) as running from e) "
        "select touchpoint, cast(sum(running) as bigint) as total, min(running) as low, max(running) as high "
        "from s group by touchpoint order by touchpoint",
        "select customer_id, sum(quantity) over (partition by customer_id order by at) as running from e",
    ),
    Rule(
        "nulls come last unless told otherwise",
        "select touchpoint, segment, count(*) as n from e group by touchpoint, segment "
        "order by touchpoint desc, segment",
        respelled="spark",
    ),
    Rule(
        "the least by quantity, nulls last, ties by id",
        "with n as (select customer_id, event_id, row_number() over "
        "(partition by customer_id order by quantity, event_id desc) as rn from e) "
        "select customer_id, max(case when rn = 1 then event_id end) as event_id from n "
        "group by customer_id order by customer_id limit 3000",
        "select customer_id, arg_min(event_id, quantity) as event_id from e group by customer_id",
        respelled="spark",
    ),
    Rule(
        "text sorts by code point",
        "select touchpoint, count(*) as n, min(touchpoint) as low, max(touchpoint) as high from e "
        "where touchpoint > '-' group by touchpoint order by touchpoint",
    ),
    Rule(
        "text made by the query sorts by code point too",
        "select case when quantity > 5 then 'b' when quantity > 0 then 'B' when quantity < 0 then 'é' "
        "else '中' end as word, count(*) as n from e group by case when quantity > 5 then 'b' "
        "when quantity > 0 then 'B' when quantity < 0 then 'é' else '中' end order by word",
        respelled="postgres",
    ),
    Rule(
        "a bound text sorts by code point too",
        "select x.word, count(*) as n from (select $upper as word, quantity from e union all "
        "select $lower as word, quantity from e) x group by x.word order by x.word",
        params={"upper": "B", "lower": "a"},
    ),
    Rule(
        "lower case is that of Unicode",
        "select lower(touchpoint) as word, count(*) as n from e group by lower(touchpoint) order by 1",
        "select upper(touchpoint) as word, count(*) as n from e group by upper(touchpoint) order by 1",
        respelled="postgres",
    ),
    Rule(
        "length and parts of text count code points",
        "select touchpoint, length(touchpoint) as n, substr(touchpoint, 2, 3) as part, "
        "replace(touchpoint, 'o', '0') as swapped, trim(touchpoint) as bare, "
        "starts_with(touchpoint, 'l') as l, "
        "touchpoint like '%ou%' as ou from e group by touchpoint order by touchpoint",
        "select touchpoint, substr(touchpoint, -2) as part from e group by touchpoint order by touchpoint",
    ),
    Rule(
        "joining to null is null",
        "select segment, touchpoint || '/' || segment as both_words, count(*) as n from e "
        "group by segment, touchpoint || '/' || segment order by segment, both_words",
        "select segment, concat(touchpoint, '/', segment) as both_words, count(*) as n from e "
        "group by segment, concat(touchpoint, '/', segment) order by segment, both_words",
    ),
    Rule(
        "quotes and backslashes in literals are themselves",
        r"""select count(*) as n, 'it''s a \ and "so"' as word from e
        where touchpoint in ('it''s', 'back\slash', 'a "quoted" word')""",
        r"select count(*) as n from e where touchpoint like 'back\\%'",
    ),
    Rule(
        "divided as doubles",
        "select segment, sum(cast(quantity as double)) / count(*) as mean, "
        "cast(100 as double) * count(resolved) / count(*) as share from e group by segment order by segment",
        "select segment, sum(quantity) / count(*) as mean from e group by segment order by segment",
    ),
    Rule(
        "divided by zero is null",
        "select quantity, cast(1 as double) / quantity as inverse, 7 % quantity as rest from e "
        "group by quantity order by quantity",
        respelled="postgres",
    ),
    Rule(
        "means and spreads of integers and money are doubles",
        "select segment, avg(quantity) as a, avg(amount) as b, median(quantity) as c, median(amount) as d, "
        "stddev(quantity) as f, stddev_samp(amount) as g, var_pop(score) as h, corr(quantity, score) as i, "
        "covar_samp(quantity, amount) as j from e group by segment order by segment",
        "select segment, quantile_cont(score, 0.9) as q from e group by segment order by segment",
    ),
    Rule(
        "quantiles by nearest rank",
        "with n as (select segment, score, row_number() over (partition by segment order by score, event_id) "
        "as place, count(*) over (partition by segment) as n from e where score is not null) "
        "select segment, max(case when place = ceil(n * cast(0.9 as double)) then score end) as q "
        "from n group by segment order by segment",
        "select segment, percentile_cont(0.9) within group (order by score) as q from e group by segment",
    ),
    Rule(
        "powers, roots and logarithms",
        "select quantity, sqrt(abs(quantity)) as root, pow(quantity, 3) as cube, exp(quantity) as e, "
        "ln(quantity * quantity + 1) as l, sign(quantity) as s, abs(quantity) as a from e "
        "group by quantity order by quantity",
        "select quantity, log(quantity * quantity + 1) as l from e group by quantity order by quantity",
    ),
    Rule(
        "rounded down and up",
        "select cast(floor(score) as bigint) as low, cast(ceil(score / cast(3 as double)) as "
        "bigint) as high, "
        "floor(amount / cast(1000000000 as double)) as billions, count(*) as n from e "
        "group by cast(floor(score) as bigint), cast(ceil(score / cast(3 as double)) as bigint), "
        "floor(amount / cast(1000000000 as double)) order by low, high, billions",
        "select cast(score / cast(3 as double) as bigint) as whole, count(*) as n from e "
        "group by cast(score / cast(3 as double) as bigint) order by whole",
    ),
    Rule(
        "money is summed as decimals, to the last place",
        "select segment, cast(sum(amount) as decimal(28, 4)) as money, "
        "cast(sum(amount * quantity) as decimal(38, 4)) as product, min(amount) as low, max(amount) as high, "
        "round(cast(sum(amount) as decimal(28, 4)), 2) as cents from e group by segment order by segment",
        "select segment, round(sum(score), 2) as rounded from e group by segment order by segment",
    ),
    Rule(
        "summed integers are cast",
        "select segment, cast(sum(quantity) as bigint) as n, cast(count(*) as bigint) as rows_ from e "
        "group by segment order by segment",
        "select segment, cast(sum(quantity) as hugeint) as n from e group by segment order by segment",
    ),
    Rule(
        "the least and the greatest pass over nulls",
        "select quantity, segment, least(quantity, 3, length(segment)) as low, "
        "greatest(quantity, length(segment)) as high, coalesce(segment, '无') as word, "
        "nullif(quantity, 3) as other from e group by quantity, segment order by quantity, segment",
    ),
    Rule(
        "conditions with null",
        "select resolved, quantity > 3 as big, not resolved as open, resolved and quantity > 3 as both_, "
        "resolved or quantity > 3 as any_, resolved is distinct from (quantity > 3) as differ, "
        "count(*) as n from e group by resolved, quantity > 3, not resolved, resolved and quantity > 3, "
        "resolved or quantity > 3, resolved is distinct from (quantity > 3) order by 1, 2, 3, 4",
        "select sum(quantity > 3) as big from e",
    ),
    Rule(
        "counted where",
        "select segment, count(*) filter (where score > 5) as high, count(distinct touchpoint) as words, "
        "sum(quantity) filter (where resolved) as s, count(score) as scored from e group by "
        "segment order by segment",
        "select segment, count(distinct (touchpoint, quantity)) as words from e group by segment "
        "order by segment",
    ),
    Rule(
        "months, weeks and days",
        "select cast(date_trunc('month', at) as date) as m, cast(date_trunc('week', at) as date) as w, "
        "cast(date_trunc('quarter', at) as date) as q, cast(at as date) as d, count(*) as n from e "
        "group by cast(date_trunc('month', at) as date), cast(date_trunc('week', at) as date), "
        "cast(date_trunc('quarter', at) as date), cast(at as date) order by d",
        "select dayofweek(at) as d, count(*) as n from e group by dayofweek(at) order by d",
    ),
    Rule(
        "parts of a date",
        "select extract(year from at) as y, extract(month from at) as m, day(on_day) as d, "
        "extract(hour from at) as h, extract(week from at) as w, count(*) as n from e "
        "group by extract(year from at), extract(month from at), day(on_day), extract(hour from at), "
        "extract(week from at) order by y, m, d, h, w",
        "select extract(dow from at) as d, count(*) as n from e group by extract(dow from at) order by d",
    ),
    Rule(
        "days between",
        "select date_diff('day', cast(min(at) as date), cast(max(at) as date)) as days, "
        "date_diff('day', cast(max(at) as date), cast(min(on_day) as date)) as back, customer_id from e "
        "group by customer_id order by customer_id limit 3000",
        "select date_diff('hour', min(at), max(at)) as hours, customer_id from e group by customer_id",
    ),
    Rule(
        "a day later",
        "select cast(on_day as date) + 1 as tomorrow, cast(on_day as date) - 400 as before, "
        "count(*) as n from e "
        "group by cast(on_day as date) + 1, cast(on_day as date) - 400 order by tomorrow",
        "select on_day + interval 1 month as later from e",
    ),
    Rule(
        "times apart in microseconds",
        "with s as (select customer_id, epoch_us(at) - epoch_us(lag(at) over "
        "(partition by customer_id order by at, event_id)) as wait, epoch_us(at) as us from e) "
        "select customer_id, cast(sum(wait) as bigint) as waited, min(us) as first_us, max(us) as last_us "
        "from s group by customer_id order by customer_id limit 3000",
        "select customer_id, max(epoch(at)) as s from e group by customer_id",
        respelled="spark",
    ),
    Rule(
        "bound values keep their types",
        "select count(*) as n, max(case when at >= $at then 1 else 0 end) as late from e "
        "where at < $at and on_day <> $day and amount > $amount and score > $score and quantity >= $quantity "
        "and touchpoint <> $word and resolved = $flag and ($nothing is null or segment = $nothing)",
        params={
            "at": datetime(2026, 3, 29, 2, 30),
            "day": datetime(2024, 2, 29).date(),
            "amount": Decimal("-123456.7891"),
            "score": 0.1,
            "quantity": 0,
            "word": "it's",
            "flag": True,
            "nothing": None,
        },
    ),
    Rule(
        "fifths, ranks and shares of the rank",
        "with q as (select customer_id, max(at) as last_at, count(*) as n from e where "
        "customer_id is not null "
        "group by customer_id), s as (select n, ntile(5) over (order by last_at, customer_id) as fifth, "
        "rank() over (order by n) as r, dense_rank() over (order by n) as d, "
        "percent_rank() over (order by n) as p from q) "
        "select fifth, n, min(r) as r, min(d) as d, min(p) as p, count(*) as rows_ from s "
        "group by fifth, n order by fifth, n",
        "with q as (select customer_id, max(at) as last_at from e group by customer_id) "
        "select customer_id, ntile(5) over (order by last_at) as fifth from q",
    ),
    Rule(
        "before, after, first and last",
        "with s as (select touchpoint, lead(touchpoint) over (partition by customer_id order by "
        "at, event_id) "
        "as next_, first_value(touchpoint) over (partition by customer_id order by at, event_id "
        "rows between unbounded preceding and unbounded following) as first_ from e) "
        "select touchpoint, next_, first_, count(*) as n from s group by touchpoint, next_, first_ "
        "order by touchpoint, next_, first_",
        "select touchpoint, first_value(touchpoint) over (partition by customer_id order by at) as f from e",
    ),
    Rule(
        "as of: the latest before",
        "with s as (select customer_id, event_id, max(case when resolved then epoch_us(at) end) over "
        "(partition by customer_id order by at, event_id rows between unbounded preceding and 1 preceding) "
        "as since from e) select count(*) as n, count(since) as found, cast(min(since) as bigint) as low, "
        "cast(max(since) as bigint) as high from s",
        "select a.event_id from e a asof join e b on a.at >= b.at",
    ),
    Rule(
        "the same rows of both",
        "select touchpoint, segment from e where quantity > 18 union select touchpoint, segment from e "
        "where quantity < -4 order by touchpoint, segment",
        "select touchpoint from e union by name select segment from e",
    ),
    Rule(
        "one of each, and those without",
        "select distinct touchpoint, segment from e where not exists "
        "(select 1 from e b where b.touchpoint = e.touchpoint and b.quantity is null and "
        "b.segment = e.segment "
        "and b.score > 9) and touchpoint in (select b.touchpoint from e b where b.segment = 'VIP') "
        "order by touchpoint, segment",
        "select distinct on (touchpoint) touchpoint, segment from e order by touchpoint",
    ),
    Rule(
        "an alias is not seen where it is made",
        "with s as (select quantity + 1 as q from e) select s.q, count(*) as n from s group by "
        "s.q order by s.q",
        "select quantity + 1 as q, q * 2 as twice from e",
    ),
    Rule(
        "numbers with an exponent are doubles",
        "select quantity, quantity / 1e3 as thousandth, 1e3 * quantity as thousands, 1.5 * "
        "quantity as half_more "
        "from e group by quantity order by quantity",
    ),
    Rule(
        "text of integers, decimals, days and flags",
        "select cast(quantity as varchar) || ':' || cast(cast(quantity as decimal(9, 2)) as varchar) as q, "
        "cast(cast('2024-02-29' as date) as varchar) as d, cast(resolved as varchar) as r, "
        "count(*) as n from e "
        "group by cast(quantity as varchar) || ':' || cast(cast(quantity as decimal(9, 2)) as varchar), "
        "cast(resolved as varchar) order by q, r",
        "select cast(cast(score as double) as varchar) as s, count(*) as n from e "
        "group by cast(cast(score as double) as varchar) order by s",
    ),
    Rule(
        "two tables side by side",
        "select a.segment, b.segment as other, count(*) as n from e a join e b on a.customer_id "
        "= b.customer_id "
        "and a.quantity = b.quantity and a.event_id < b.event_id group by a.segment, b.segment "
        "order by a.segment, other",
        "select a.segment from e a positional join e b",
    ),
]
