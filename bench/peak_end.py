"""What peak-end costs beside hand-written DuckDB SQL: 10 million momentary scores, 2 million journeys.

    python bench/peak_end.py [--rows 10000000] [--runs 3]

`peakend` is `peak_end` of a stored table of moments, written to a table: peak, worst and end with touchpoint
and event, best, first, four means and the trend of every journey. `hand-written` is one query for DuckDB that
gives the same columns with arg_max, arg_min and regr_slope over numbered moments, in a process that has
imported the same. `within 1 GB` is `peakend` with DuckDB's memory limited to 1 GB. `fit_memory` judges the
models of memory on the 2 million journeys it made, a remembered score each. The bounds: CPU 1.15 times
hand-written, 2 GB of memory.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import duckdb

import measure

BOUND_CPU = 1.15
BOUND_MB = 2048
MOMENTS = 5

_MOMENTS = f"""
    select 'c' || lpad((j // 2)::varchar, 7, '0') || '/' || (j % 2 + 1)::varchar as journey_id,
           'c' || lpad((j // 2)::varchar, 7, '0') as customer_id,
           'e' || lpad(i::varchar, 9, '0') as event_id,
           timestamp '2024-01-01' + to_seconds(
             (j % 2) * 9000000 + (hash(j) % 1000000)::bigint + (i % {MOMENTS}) * 600) as "at",
           't' || (hash(i) % 25)::varchar as touchpoint_id,
           case when hash(i + 1) % 20 > 0 then (hash(i + 3) % 600)::double end as duration_s,
           ((hash(i + 5) % 201)::double - 100) / 100 as score
    from (select i, i // {MOMENTS} as j from range($rows) t(i))
    order by customer_id, "at", event_id
"""  # noqa: S608

_BY_HAND = """
    create or replace table found as
    select journey_id, min(customer_id) as customer_id, min("at") as first_at, max("at") as ended_at,
           count(*) as n_moments,
           arg_max(score, k) as first_score,
           arg_max({'s': score, 't': touchpoint_id, 'e': event_id}, (abs(score), -k)) as peak,
           max(score) as best,
           arg_min({'s': score, 't': touchpoint_id, 'e': event_id}, (score, k)) as worst,
           arg_min({'s': score, 't': touchpoint_id, 'e': event_id}, k) as ending,
           avg(score) as mean,
           (sum(duration_s * score) + coalesce(sum(score) filter (where duration_s is null), 0)
             * avg(duration_s)) / (count(*) * avg(duration_s)) as duration_mean,
           count(duration_s) / count(*) as duration_known,
           sum(score * pow(.5, (k - 1) / 2)) / sum(pow(.5, (k - 1) / 2)) as recency_mean,
           -regr_slope(score, k) as trend
    from (select *, row_number() over (partition by journey_id order by "at" desc, event_id desc) as k
          from moments)
    group by journey_id
    having count(*) >= 3
"""


def make(path: str, rows: int) -> None:
    """Write the moments, and a table of journeys with a remembered score."""
    from peakend.engine import connect
    from peakend.journey.remembered import peak_end

    with duckdb.connect(path) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"create table moments as {_MOMENTS}", {"rows": rows})
    with connect(f"duckdb:///{path}") as engine:
        peak_end(engine.table("moments")).save("found")
    with duckdb.connect(path) as connection:
        connection.execute(
            "create or replace table journeys as select *, greatest(-1, least(1, (peak + end_score) / 2 + "
            "((hash(journey_id) % 1000)::double - 500) / 1000)) as overall from found"
        )
        connection.execute("drop table found")


def peakend(path: str, limit: str | None) -> None:
    """The function, its result stored."""
    from peakend.engine import connect
    from peakend.journey.remembered import peak_end

    options = f"?memory_limit={limit}" if limit else ""
    with connect(f"duckdb:///{path}{options}") as engine:
        peak_end(engine.table("moments")).save("found", replace=True)


def by_hand(path: str) -> None:
    """The query, in a process that has started as far as `peakend` has when it begins to compute."""
    import pandas  # noqa: F401
    import sqlglot.dialects.duckdb  # noqa: F401

    import peakend.engine
    import peakend.journey.remembered.journey_memory  # noqa: F401

    with duckdb.connect(path) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(_BY_HAND)


def fit(path: str) -> None:
    """The verdict on memory."""
    from peakend.engine import connect
    from peakend.journey.remembered import fit_memory

    with connect(f"duckdb:///{path}", read_only=True) as engine:
        found = fit_memory(engine.table("journeys"))
        if found.later_customers >= 1000 and found.best != "peak_end":
            raise AssertionError(f"{found.best} instead of peak_end")


def main() -> None:
    """Make the data, measure in turn, print and save the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "moments.duckdb")
        make(path, chosen.rows)
        comparison = measure.compare(
            {
                "peakend": measure.call(peakend, path, None),
                "within 1 GB": measure.call(peakend, path, "1GB"),
                "fit_memory": measure.call(fit, path),
                "hand-written": measure.call(by_hand, path),
            },
            runs=chosen.runs,
            name="peak_end",
        )
    comparison.print()
    comparison.save(rows=chosen.rows)
    ratio = comparison.cpu_ratio("peakend")
    broken = [f"{ratio:.2f} × CPU"] if ratio > BOUND_CPU else []
    broken += [
        f"{name}: {comparison.median(name).peak_mb:.0f} MB"
        for name in ("peakend", "within 1 GB", "fit_memory")
        if comparison.median(name).peak_mb > BOUND_MB
    ]
    print(f"CPU ratio {ratio:.2f}, bound {BOUND_CPU}; memory bound {BOUND_MB} MB")
    measure.judge(broken)


if __name__ == "__main__":
    main()
