"""What the directly-follows graph costs beside hand-written DuckDB SQL: 10 million events.

    python bench/directly_follows.py [--events 10000000] [--runs 3] [--pm4py-events 2000000]

Ten events a customer, stored in customer order, as a load leaves them. `peakend` is
`directly_follows(plain=True)`;
`hand-written` says the same in DuckDB's SQL, in a process that imports the same; `everything` adds waiting
times, rework, journeys, customers and emotion. All run again with `memory_limit=1GB`. The bound is
1.15 × CPU, and 2 GB of memory.

pm4py is an outside oracle and stays outside: it is installed into an environment of this benchmark's own, in
a temporary folder, and gets as many events as it can hold as a data frame. Where it cannot be installed
(no network), the benchmark says so and leaves that comparison out. The bound is 5 × faster.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import duckdb

import measure

BOUND_CPU = 1.15
BOUND_MB = 2048
BOUND_PM4PY = 5.0
TOUCHPOINTS = 40
_IMPORTED = ("peakend.journey.graph.following", "sqlglot.dialects.duckdb", "pandas")

# A customer's events are hours apart; which touchpoint follows leans on the one before.
_EVENTS = """
    select 'e' || lpad(i::varchar, 9, '0') as event_id,
           'c' || lpad((i // 10)::varchar, 8, '0') as customer_id,
           null::varchar as case_id,
           timestamp '2024-01-01' + to_seconds(((i % 10) * 7200 + hash(i) % 7000)::bigint) as "at",
           'touchpoint_' || lpad(((hash(i // 3) % 7 + hash(i) % 12 * 3) % 40)::varchar, 2, '0')
               as touchpoint_id,
           case when hash(i + 5) % 4 = 0 then (hash(i + 9) % 201)::double / 100 - 1 end as emotion
    from range($events) t(i)
    order by customer_id, "at", event_id
"""
_BY_HAND = """
    with walked as (
      select touchpoint_id,
             lead(touchpoint_id) over (partition by customer_id order by "at", event_id) as next_id
      from interactions
      where customer_id is not null
    )
    select touchpoint_id, next_id, count(*) as transitions
    from walked
    where next_id is not null
    group by all
"""
_FIRST = """
    select customer_id, event_id, "at", touchpoint_id from interactions
    order by customer_id, "at", event_id limit $events
"""
_PM4PY = """
import sys
import pandas as pd
import pm4py

frame = pd.read_parquet(sys.argv[1])
frame = frame.rename(columns={"customer_id": "case:concept:name", "touchpoint_id": "concept:name",
                              "at": "time:timestamp"})
frame["time:timestamp"] = frame["time:timestamp"].dt.tz_localize("UTC")
graph, starts, ends = pm4py.discover_dfg(frame)
print(sum(graph.values()))
"""


def make(path: str, events: int) -> None:
    """Write the events, ten a customer."""
    with duckdb.connect(path) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"create table interactions as {_EVENTS}", {"events": events})


def share(path: str, target: str, events: int) -> None:
    """Write the first `events` to the Parquet file `target`: only what a directly-follows graph needs."""
    with duckdb.connect(path, read_only=True) as connection:
        events_of = connection.sql(_FIRST, params={"events": events})
        events_of.write_parquet(target)


def peakend(path: str, plain: bool, memory: str | None) -> None:
    """The graph, start to end."""
    from peakend.engine import connect
    from peakend.journey.graph.following import directly_follows

    options = {"memory_limit": memory} if memory else {}
    with connect(_url(path, options), read_only=True) as engine:
        found = directly_follows(engine.table("interactions"), plain=plain).to_arrow()
        _expect(found.num_rows)


def peakend_file(path: str) -> None:
    """The graph of a Parquet file."""
    from peakend.engine import connect
    from peakend.journey.graph.following import directly_follows

    with connect("duckdb://") as engine:
        _expect(directly_follows(engine.read_parquet(path), plain=True).to_arrow().num_rows)


def by_hand(path: str, memory: str | None) -> None:
    """The query in a process that has started as far as `peakend` has when it begins to compute."""
    for module in _IMPORTED:
        import_module(module)
    with duckdb.connect(
        path, read_only=True, config={"memory_limit": memory} if memory else {}
    ) as connection:
        connection.execute("set timezone = 'UTC'")
        _expect(connection.execute(_BY_HAND).to_arrow_table().num_rows)


def _url(path: str, options: dict[str, str]) -> str:
    settings = "&".join(f"{name}={value}" for name, value in options.items())
    return f"duckdb:///{path}" + (f"?{settings}" if settings else "")


def _expect(rows: int) -> None:
    if rows < TOUCHPOINTS:
        raise AssertionError(f"{rows} edges are too few")


def pm4py_environment(folder: Path) -> str | None:
    """The Python of a new environment with pm4py; None, with a word, where it cannot be had."""
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
        python = str(folder / "bin" / "python")
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "pm4py", "pyarrow"], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError) as cause:
        print(f"pm4py left out: it could not be installed ({cause})")
        return None
    return python


def compare_pm4py(folder: Path, path: str, events: int, runs: int, python: str | None) -> list[str]:
    """CPU beside pm4py on the first `events`; what is broken."""
    found = python or pm4py_environment(folder / "pm4py")
    if found is None:
        return []
    parquet, script = str(folder / "events.parquet"), folder / "pm4py_graph.py"
    share(path, parquet, events)
    script.write_text(_PM4PY, "utf-8")
    comparison = measure.compare(
        {"pm4py": [found, str(script), parquet], "peakend": measure.call(peakend_file, parquet)},
        runs=runs,
        name="directly_follows_pm4py",
    )
    comparison.print()
    comparison.save(events=events)
    faster = comparison.cpu_ratio("pm4py")
    print(f"{faster:.1f} × faster than pm4py on {events:,} events, bound {BOUND_PM4PY:.0f}")
    return [f"only {faster:.1f} × faster than pm4py"] if faster < BOUND_PM4PY else []


def main() -> None:
    """Make the events, measure in turn, print and save the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pm4py-events", type=int, default=2_000_000, help="0: leave pm4py out")
    parser.add_argument("--pm4py-python", help="Python of an environment that has pm4py and pyarrow")
    chosen = parser.parse_args()
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "events.duckdb")
        make(path, chosen.events)
        comparison = measure.compare(
            {
                "peakend": measure.call(peakend, path, True, None),
                "peakend in 1 GB": measure.call(peakend, path, True, "1GB"),
                "hand-written in 1 GB": measure.call(by_hand, path, "1GB"),
                "hand-written": measure.call(by_hand, path, None),
            },
            runs=chosen.runs,
            name="directly_follows",
        )
        comparison.print()
        comparison.save(events=chosen.events)
        ratio, peak = comparison.cpu_ratio("peakend"), comparison.median("peakend").peak_mb
        print(f"CPU ratio {ratio:.2f}, bound {BOUND_CPU}; peak {peak:.0f} MB, bound {BOUND_MB}")
        broken += [f"{ratio:.2f} × CPU"] if ratio > BOUND_CPU else []
        broken += [f"{peak:.0f} MB"] if peak > BOUND_MB else []
        whole = measure.compare(
            {
                "everything in 1 GB": measure.call(peakend, path, False, "1GB"),
                "everything": measure.call(peakend, path, False, None),
            },
            runs=1,
            name="directly_follows_everything",
        )
        whole.print()
        whole.save(events=chosen.events)
        if chosen.pm4py_events:
            events = min(chosen.pm4py_events, chosen.events)
            broken += compare_pm4py(Path(folder), path, events, chosen.runs, chosen.pm4py_python)
    measure.judge(broken)


if __name__ == "__main__":
    main()
