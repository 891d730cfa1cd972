"""What the engine adds to a query: 10 million interactions, the same questions as hand-written DuckDB SQL.

    python bench/engine_overhead.py [--rows 10000000] [--runs 5]

Two questions: promoters and detractors by touchpoint and month, and which touchpoint follows which after how
long. `peakend` asks them in the portable subset through `engine.query` (parsed, checked, composed over
relations, respelled, bound, cast to a declared schema); `plain` is what one would type into DuckDB. Each runs
in a process of its own, start and imports included; first they are checked to give the same. Bound: 1.15.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import duckdb

import measure

BOUND = 1.15

_MAKE = """
create table interactions as
select 'e' || lpad(i::varchar, 9, '0') as event_id, 'c' || lpad((hash(i) % ($rows // 20))::varchar, 7, '0')
  as customer_id, timestamp '2024-01-01' + to_seconds((hash(i + 7) % 63072000)::bigint) as "at",
  'tp_' || lpad((hash(i + 3) % 40)::varchar, 2, '0') as touchpoint,
  case when hash(i + 9) % 4 > 0 then (hash(i + 5) % 11)::double end as score
from range($rows) t(i) order by customer_id, "at", event_id
"""
_SCORES = """
select touchpoint, {month} as month, count(*) as n,
  sum(case when score >= $high then 1 else 0 end) as promoters,
  sum(case when score <= $low then 1 else 0 end) as detractors, avg(score) as mean
from interactions where score is not null
group by touchpoint, {month} order by touchpoint, month
"""
_FOLLOWS = """
with steps as (
  select touchpoint as source,
    lead(touchpoint) over (partition by customer_id order by "at", event_id) as target,
    epoch_us(lead("at") over (partition by customer_id order by "at", event_id)) - epoch_us("at") as wait
  from interactions)
select source, target, count(*) as n, avg({wait}) / 1e6 as mean_wait
from steps where target is not null group by source, target order by source, target
"""
_VALUES = {"high": 9, "low": 6}


def make(path: str, rows: int) -> None:
    """The table `interactions`, sorted as a load stores it."""
    with duckdb.connect(path) as connection:
        connection.sql(_MAKE, params={"rows": rows})


def peakend(path: str, rounds: int) -> None:
    """Both questions through the engine, `rounds` times; the number of rows, to be compared."""
    import pyarrow as pa

    from peakend.engine import connect

    scores = pa.schema(
        [
            pa.field("touchpoint", pa.string()),
            pa.field("month", pa.date32()),
            *(pa.field(name, pa.int64()) for name in ("n", "promoters", "detractors")),
            pa.field("mean", pa.float64()),
        ]
    )
    follows = pa.schema(
        [
            *(pa.field(name, pa.string()) for name in ("source", "target")),
            pa.field("n", pa.int64()),
            pa.field("mean_wait", pa.float64()),
        ]
    )
    with connect(f"duckdb:///{path}?read_only=1") as engine:
        table = engine.table("interactions")
        month = "cast(date_trunc('month', \"at\") as date)"
        for _ in range(rounds):
            first = engine.query(_SCORES.format(month=month), _VALUES, interactions=table).to_arrow(scores)
            second = engine.query(_FOLLOWS.format(wait="wait"), interactions=table).to_arrow(follows)
    print(first.num_rows, second.num_rows)


def plain(path: str, rounds: int) -> None:
    """Both questions typed into DuckDB."""
    with duckdb.connect(path, read_only=True) as connection:
        month = "date_trunc('month', \"at\")::date"
        for _ in range(rounds):
            first = connection.sql(_SCORES.format(month=month), params=_VALUES).to_arrow_table()
            second = connection.sql(_FOLLOWS.format(wait="wait")).to_arrow_table()
    print(first.num_rows, second.num_rows)


def agree(path: str) -> None:
    """Raise unless both give the same: checked outside what is measured."""
    from peakend.engine import connect

    with connect(f"duckdb:///{path}?read_only=1") as engine:
        table = engine.table("interactions")
        portable = _SCORES.format(month="cast(date_trunc('month', \"at\") as date)")
        mine = engine.query(portable, _VALUES, interactions=table).to_arrow().to_pylist()
    with duckdb.connect(path, read_only=True) as connection:
        hand = _SCORES.format(month="date_trunc('month', \"at\")::date")
        theirs = connection.sql(hand, params=_VALUES).to_arrow_table().to_pylist()
    if mine != theirs:
        raise RuntimeError("the engine and the hand-written SQL disagree")


def main() -> None:
    """Make the data, check, compare, print, save; exit 1 above the bound."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument("--runs", type=int, default=5)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="peakend-bench-") as folder:
        path = str(Path(folder, "x.duckdb"))
        make(path, asked.rows)
        agree(path)
        commands = {"peakend": measure.call(peakend, path, 1), "plain": measure.call(plain, path, 1)}
        comparison = measure.compare(commands, runs=asked.runs, baseline="plain", name="engine_overhead")
    comparison.print()
    comparison.save(rows=asked.rows, bound=BOUND)
    ratio = comparison.cpu_ratio("peakend")
    measure.judge([f"{ratio:.2f} × CPU"] if ratio > BOUND else [])


if __name__ == "__main__":
    main()
