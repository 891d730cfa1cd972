"""What the variants of 10 million events of 1 million customers cost, on a store in customer order.

    python bench/variants.py [--rows 10000000] [--runs 3]

`peakend` is `peakend.journey.traces.variants` by customer: sequences, counts, shares, median duration and
feeling. `hand-written` is the same in DuckDB SQL with `string_agg(… order by "at", event_id)`; `sequences
only` counts the ordered sequences and nothing else. `in 1 GB` is `peakend` with DuckDB's memory limit 1 GB:
it has to finish. `start` imports what all of them import; the bounds, 5 CPU seconds beyond it and 2 GB.
"""

from __future__ import annotations

import argparse
import tempfile
from importlib import import_module
from pathlib import Path

import duckdb

import measure

BOUND_CPU_SECONDS = 5.0
BOUND_MB = 2048.0

_IMPORTED = ("peakend.journey.traces.sequences", "sqlglot.dialects.duckdb", "pandas")

# Nine customers in ten follow one of 2,000 ways of 2 to 20 steps, some often; one goes its own way.
_INTERACTIONS = """
    with chosen as (
      select i as customer,
             case when hash(i) % 10 = 0 then (hash(i + 5) % 1000000)::bigint
                  else floor(power((hash(i + 1) % 1000000) / 1000000.0, 4) * 2000)::bigint end as way
      from range($rows // 10) t(i)
    )
    select 'e' || lpad((customer * 32 + j)::varchar, 10, '0') as event_id,
           'c' || lpad(customer::varchar, 8, '0') as customer_id,
           timestamp '2024-01-01' + to_seconds((hash(customer) % 10000000)::bigint
             + (j * (1 + hash(customer + 3) % 5000))::bigint) as "at",
           'touchpoint-' || (hash(way * 100 + j) % 40)::varchar as touchpoint_id,
           case when hash(customer * 100 + j) % 5 = 0
                then (hash(customer * 77 + j) % 2001)::double / 1000 - 1 end as emotion
    from chosen, range(20) u(j)
    where j <= 1 + hash(way + 17) % 19
    order by customer_id, "at", event_id
"""

_WHOLE = """
    with journeys as (
      select customer_id,
             string_agg(replace(touchpoint_id, '→', '→→'), ' → ' order by "at", event_id) as variant,
             count(*) as steps, epoch_us(max("at")) - epoch_us(min("at")) as us, avg(emotion) as emotion
      from interactions
      where touchpoint_id is not null and customer_id is not null
      group by 1
    ),
    counted as (
      select case when length(variant) <= 4000 then variant
                  else substring(variant, 1, 4000) || ' … ' || md5(variant) end as variant,
             max(steps) as steps, count(*) as n, median(us) / 1e6 as median_s, avg(emotion) as emotion,
             stddev_samp(emotion) as emotion_sd, count(emotion) as emotion_n
      from journeys
      group by 1
    )
    select *, row_number() over (order by n desc, variant) as place, n / sum(n) over () as share,
           sum(n) over (order by n desc, variant rows unbounded preceding) / sum(n) over () as upto
    from counted
"""

_SEQUENCES = """
    select variant, count(*) as n
    from (
      select string_agg(touchpoint_id, ' → ' order by "at", event_id) as variant
      from interactions
      group by customer_id
    )
    group by 1
"""


def make(path: str, rows: int) -> tuple[int, int]:
    """Write the data; events and variants."""
    with duckdb.connect(path) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"create table interactions as {_INTERACTIONS}", {"rows": rows})
        events = connection.execute("select count(*) from interactions").fetchone()
        found = connection.execute(f"select count(*) from ({_SEQUENCES})").fetchone()  # noqa: S608
    assert events is not None
    assert found is not None
    return int(events[0]), int(found[0])


def peakend(path: str, expected: int, options: str) -> None:
    """The function, start to end."""
    start()
    from peakend.engine import connect
    from peakend.journey.traces import variants

    with connect(f"duckdb:///{path}?{options}", read_only=True) as engine:
        _expect(variants(engine.table("interactions")).to_arrow().num_rows, expected)


def by_hand(path: str, expected: int, query: str) -> None:
    """The query in a process that has started as far."""
    start()
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        _expect(connection.sql(query).to_arrow_table().num_rows, expected)


def start() -> None:
    """Import."""
    for module in _IMPORTED:
        import_module(module)


def _expect(rows: int, expected: int) -> None:
    if rows != expected:
        raise AssertionError(f"{rows} variants instead of {expected}")


def main() -> None:
    """Make the data, measure in turn, print and save."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "events.duckdb")
        events, expected = make(path, chosen.rows)
        print(f"{events:,} events, {expected:,} variants")
        comparison = measure.compare(
            {
                "start": measure.call(start),
                "peakend": measure.call(peakend, path, expected, "threads=2"),
                "in 1 GB": measure.call(peakend, path, expected, "threads=2&memory_limit=1GB"),
                "sequences only": measure.call(by_hand, path, expected, _SEQUENCES),
                "hand-written": measure.call(by_hand, path, expected, _WHOLE),
            },
            runs=chosen.runs,
            name="variants",
        )
    comparison.print()
    comparison.save(rows=events, variants=expected)
    found = comparison.median("peakend")
    seconds = found.cpu_seconds - comparison.median("start").cpu_seconds
    print(f"{seconds:.2f} CPU s beyond the start (bound {BOUND_CPU_SECONDS}), {found.peak_mb:.0f} MB")
    broken = []
    if seconds > BOUND_CPU_SECONDS:
        broken.append(f"{seconds:.2f} CPU s")
    if found.peak_mb > BOUND_MB:
        broken.append(f"{found.peak_mb:.0f} MB")
    measure.judge(broken)


if __name__ == "__main__":
    main()
