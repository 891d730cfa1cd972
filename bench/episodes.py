"""What cutting 10 million events of 1 million customers into journeys costs beside hand-written SQL.

    python bench/episodes.py [--rows 10000000] [--runs 3]

The warehouse is stored in customer order. `peakend` is the analysis `journeys` as a run computes and saves
it: events judged, anonymous visitors recognised, steps cut and numbered, journeys counted, the account of
what was left out. `hand-written` makes the same two tables with the plainest windows (lag, running sum,
row_number) and count(distinct). `peakend in 1 GB` runs with DuckDB's memory limit at 1 GB. `one customer`
cuts as many events as `--rows` / 10 that all belong to a single customer. The bound is 1.3 × CPU.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import duckdb

import measure

BOUND_CPU = 1.3

_EVENTS = """
    create table interactions as
    with drawn as (
      select i, hash(i) % $customers as customer, hash(i + 1000000007) % 63072000 as second
      from range($rows) t(i)
    )
    select 'e' || lpad(i::varchar, 9, '0') as event_id, 'c' || lpad(customer::varchar, 7, '0') as customer_id,
           null::varchar as visitor_id, null::varchar as case_id,
           timestamp '2023-01-01' + to_seconds(second::bigint) as "at",
           't' || (hash(i + 77) % 20)::varchar as touchpoint_id, null::varchar as kind,
           'ch' || (hash(i + 5) % 4)::varchar as channel, 's' || (hash(i + 9) % 30)::varchar as site_id,
           null::varchar as employee_id, (hash(i + 11) % 600)::double as duration_s, null::varchar as outcome,
           case when hash(i + 13) % 3 = 0 then (hash(i + 15) % 201)::double / 100 - 1 end as emotion,
           'bench' as source, null::varchar as attributes
    from drawn
    order by customer_id, "at", event_id
"""

_STEPS = """
    create table journey_steps as
    with spaced as (
      select *,
        case when epoch_us("at") - epoch_us(lag("at") over w) <= 2592000000000 then 0 else 1 end as starts
      from interactions
      where coalesce(touchpoint_id, kind) is not null and customer_id is not null
        and "at" between timestamp '1970-01-01' and timestamp '2026-11-22'
      window w as (partition by customer_id order by "at", event_id)
    ), numbered as (
      select *, sum(starts) over (
        partition by customer_id order by "at", event_id rows between unbounded preceding and current row
      ) as number
      from spaced
    )
    select customer_id || '/' || number::bigint as journey_id,
           row_number() over (partition by customer_id, number order by "at", event_id) as place,
           event_id, customer_id, "at", touchpoint_id, channel, site_id, duration_s, emotion
    from numbered
"""
_JOURNEYS = """
    create table journeys as
    select journey_id, min(customer_id) as customer_id, min("at") as started_at, max("at") as ended_at,
           count(*) as events, count(distinct touchpoint_id) as touchpoints,
           count(distinct channel) as channels
    from journey_steps group by journey_id
"""


def make(path: str, rows: int, customers: int) -> None:
    """Write the data."""
    with duckdb.connect(path) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute("set timezone = 'UTC'")
        connection.execute(_EVENTS, {"rows": rows, "customers": customers})


def peakend(path: str, options: str) -> None:
    """The analysis, computed and saved."""
    from peakend.analyses import run
    from peakend.engine import connect

    with connect(f"duckdb:///{path}{options}") as engine:
        report = run(engine, only=["journeys"])
        if any(outcome.status != "done" for outcome in report.outcomes):
            raise AssertionError(report.outcomes)


def by_hand(path: str) -> None:
    """The same tables by the plainest query."""
    with duckdb.connect(path) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        connection.execute(_STEPS)
        connection.execute(_JOURNEYS)


def main() -> None:
    """Make the data, measure in turn, print and save the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        many, single = (str(Path(folder) / f"{name}.duckdb") for name in ("many", "single"))
        make(many, chosen.rows, max(chosen.rows // 10, 1))
        make(single, max(chosen.rows // 10, 1), 1)
        work = str(Path(folder) / "work.duckdb")

        def fresh(command: str) -> None:
            shutil.copyfile(single if command == "one customer" else many, work)

        comparison = measure.compare(
            {
                "peakend": measure.call(peakend, work, ""),
                "peakend in 1 GB": measure.call(peakend, work, "?memory_limit=1GB"),
                "one customer": measure.call(peakend, work, ""),
                "hand-written": measure.call(by_hand, work),
            },
            runs=chosen.runs,
            name="episodes",
            before_each=fresh,
        )
    comparison.print()
    comparison.save(rows=chosen.rows)
    ratio = comparison.cpu_ratio("peakend")
    print(f"CPU ratio {ratio:.2f}, bound {BOUND_CPU}")
    measure.judge([f"{ratio:.2f} × CPU"] if ratio > BOUND_CPU else [])


if __name__ == "__main__":
    main()
