"""What a funnel and the retention of cohorts cost beside hand-written DuckDB SQL: 10 million events.

    python bench/funnel.py [--rows 10000000] [--customers 1000000] [--runs 3]

Events lie in customer order, as a load leaves them: 20 touchpoints, 24 months, equal times. `funnel` asks for
four steps within 60 days, with shares, intervals, the median and the 90th percentile of
the time between steps. `hand-written` is the running maximum over windows as most would write it, with the
library's own median and quantile; both give the same counts and times. `retention` gives all cells of monthly
cohorts with their intervals; `hand-written retention` joins the months of every customer with the first one
and counts. All import the same first. The bound is 1.15 × the CPU, 2 GB, and an end with 1 GB for DuckDB.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import duckdb

import measure

BOUND_CPU = 1.15
BOUND_MB = 2048.0
STEPS = ("search", "book", "check in", "fly")
WINDOW = timedelta(days=60)

_IMPORTED = (
    "peakend.engine.duckdb",
    "peakend.journey.funnels.funnel",
    "peakend.journey.funnels.retention",
    "sqlglot.dialects.duckdb",
    "pandas",
)

# A step of the funnel is the more likely the earlier it comes; each customer has some ten events.
_EVENTS = """
    create table interactions as
    select 'e' || lpad(i::varchar, 9, '0') as event_id,
           'c' || lpad((hash(i * 13) % $customers)::varchar, 7, '0') as customer_id,
           timestamp '2023-01-01' + to_seconds((hash(i + 7) % 63072000)::bigint) as "at",
           case when hash(i * 3 + 1) % 100 < 14 then 'search' when hash(i * 3 + 1) % 100 < 22 then 'book'
                when hash(i * 3 + 1) % 100 < 30 then 'check in' when hash(i * 3 + 1) % 100 < 38 then 'fly'
                else 't' || (hash(i * 3 + 1) % 16)::varchar end as touchpoint_id,
           case when hash(i) % 3 = 0 then 'app' else 'web' end as channel
    from range($rows) t(i)
    order by customer_id, "at", event_id
"""

_FUNNEL = """
    with level1 as (
      select customer_id, "at", event_id, touchpoint_id,
             case when touchpoint_id = 'search' then "at" end as s1
      from interactions
      where touchpoint_id in ('search', 'book', 'check in', 'fly')
    ),
    level2 as (
      select *, case when touchpoint_id = 'book' then max(s1) over earlier end as s2,
             case when touchpoint_id = 'book'
                  then max(case when s1 is not null then "at" end) over earlier end as q2
      from level1
      window earlier as (partition by customer_id order by "at", event_id
                         rows between unbounded preceding and 1 preceding)
    ),
    level3 as (
      select *, case when touchpoint_id = 'check in' then max(s2) over earlier end as s3,
             case when touchpoint_id = 'check in'
                  then max(case when s2 is not null then "at" end) over earlier end as q3
      from level2
      window earlier as (partition by customer_id order by "at", event_id
                         rows between unbounded preceding and 1 preceding)
    ),
    level4 as (
      select *, case when touchpoint_id = 'fly' then max(s3) over earlier end as s4,
             case when touchpoint_id = 'fly'
                  then max(case when s3 is not null then "at" end) over earlier end as q4
      from level3
      window earlier as (partition by customer_id order by "at", event_id
                         rows between unbounded preceding and 1 preceding)
    ),
    reached as (
      select customer_id, min(s1) as r1,
             min("at") filter ("at" <= s2 + interval 60 day) as r2,
             min(q2) filter ("at" <= s2 + interval 60 day) as b2,
             min("at") filter ("at" <= s3 + interval 60 day) as r3,
             min(q3) filter ("at" <= s3 + interval 60 day) as b3,
             min("at") filter ("at" <= s4 + interval 60 day) as r4,
             min(q4) filter ("at" <= s4 + interval 60 day) as b4
      from level4
      group by customer_id
    )
    select count(r1),
           count(r2), median(epoch_us(r2) - epoch_us(b2)),
           quantile_disc(epoch_us(r2) - epoch_us(b2), 0.9),
           count(r3), median(epoch_us(r3) - epoch_us(b3)),
           quantile_disc(epoch_us(r3) - epoch_us(b3), 0.9),
           count(r4), median(epoch_us(r4) - epoch_us(b4)),
           quantile_disc(epoch_us(r4) - epoch_us(b4), 0.9)
    from reached
"""

_RETENTION = """
    with active as (
      select distinct customer_id, date_trunc('month', "at") as month from interactions
    ),
    begun as (select customer_id, min(month) as cohort from active group by customer_id)
    select cohort, datediff('month', cohort, month) as period, count(*) as returned
    from active join begun using (customer_id)
    group by all
"""


def make(path: str, rows: int, customers: int) -> None:
    """Write the data."""
    with duckdb.connect(path) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(_EVENTS, {"rows": rows, "customers": customers})


def funnel(path: str, limit: str | None = None) -> None:
    """The public function, start to end; `limit`: DuckDB's memory."""
    from peakend.journey import funnel as asked

    _ready()
    with _engine(path, limit) as engine:
        found = asked(engine.table("interactions"), list(STEPS), window=WINDOW).to_arrow()
    print(found["reached"].to_pylist(), found["median_s"].to_pylist()[1:], found["p90_s"].to_pylist()[1:])


def retention(path: str, limit: str | None = None) -> None:
    """The public function, start to end."""
    from peakend.journey import retention as asked

    _ready()
    with _engine(path, limit) as engine:
        print(asked(engine.table("interactions")).to_arrow().num_rows)


def funnel_by_hand(path: str) -> None:
    """Running maxima over windows, one level a step, on the events of the four touchpoints."""
    _ready()
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        print(connection.execute(_FUNNEL).fetchall())


def retention_by_hand(path: str) -> None:
    """Months of every customer joined with the first of them."""
    _ready()
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        print(connection.execute(_RETENTION).to_arrow_table().num_rows)


def _ready() -> None:
    for module in _IMPORTED:
        import_module(module)


def _engine(path: str, limit: str | None):  # noqa: ANN202 - the engine is imported by who is measured
    from peakend.engine import connect

    engine = connect(f"duckdb:///{path}", read_only=True)
    if limit:
        engine.connection.execute(f"set memory_limit = '{limit}'")
    return engine


def main() -> None:
    """Make the data, measure in turn, print and save the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    over = []
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "events.duckdb")
        make(path, chosen.rows, chosen.customers)
        for name, ours, theirs in (
            ("funnel", funnel, funnel_by_hand),
            ("retention", retention, retention_by_hand),
        ):
            comparison = measure.compare(
                {
                    name: measure.call(ours, path),
                    f"{name}, 1 GB": measure.call(ours, path, "1GB"),
                    "hand-written": measure.call(theirs, path),
                },
                runs=chosen.runs,
                name=name,
            )
            comparison.print()
            comparison.save(rows=chosen.rows, customers=chosen.customers)
            ratio, peak = comparison.cpu_ratio(name), comparison.median(name).peak_mb
            print(f"{name}: CPU ratio {ratio:.2f}, bound {BOUND_CPU}; {peak:.0f} MB, bound {BOUND_MB:.0f}")
            over += [f"{name} {ratio:.2f} × CPU"] if ratio > BOUND_CPU else []
            over += [f"{name} {peak:.0f} MB"] if peak > BOUND_MB else []
    measure.judge(over)


if __name__ == "__main__":
    main()
