"""What a simulated company costs: CPU by size, and memory that does not grow with it.

    python bench/simulate.py [--kind airline] [--largest 1000000] [--runs 1]

Each size is simulated into a DuckDB file of its own, in a process of its own. `copy` writes the tables of the
largest once more in the same order with plain DuckDB (`create table … as select … order by`, the same
memory): what the rows cost without being made.
"""

# Paths and names are the bench's own.
# ruff: noqa: S608

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import duckdb

import measure
from peakend.demo.simulator import KINDS, simulate
from peakend.demo.simulator.run import MEMORY
from peakend.warehouse.schema import canonical_tables

SMALLEST = 10_000
SEED = 1


def simulated(kind: str, customers: int, path: str) -> None:
    simulate(kind, customers=customers, seed=SEED, into=f"duckdb:///{path}")


def copied(source: str, path: str) -> None:
    connection = duckdb.connect(path, config={"memory_limit": MEMORY})
    connection.execute(f"attach '{source}' as source (read_only)")
    named = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'source'"
    ).fetchall()
    for (name,) in named:
        sort = canonical_tables()[name].sort if name in canonical_tables() else ()
        columns = ", ".join(f'"{column}"' for column in sort)
        order = f"order by {columns}" if sort else ""
        connection.execute(f'create table "{name}" as select * from source."{name}" {order}')
    connection.close()


def rows(path: str) -> int:
    with duckdb.connect(path, read_only=True) as connection:
        counted = connection.execute("select sum(estimated_size) from duckdb_tables()").fetchone()
    return int(counted[0]) if counted else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=KINDS, default="airline")
    parser.add_argument("--largest", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=1)
    given = parser.parse_args()
    sizes = [n for n in (SMALLEST, 100_000, 1_000_000) if n <= given.largest] or [given.largest]
    with tempfile.TemporaryDirectory() as folder:
        files = {f"{n:,} customers": Path(folder, f"{n}.duckdb") for n in sizes}
        copy = f"copy of {sizes[-1]:,}"
        commands = {
            name: measure.call(simulated, given.kind, n, str(files[name]))
            for name, n in zip(files, sizes, strict=True)
        }
        files[copy] = Path(folder, "copy.duckdb")
        commands[copy] = measure.call(copied, str(Path(folder, f"{sizes[-1]}.duckdb")), str(files[copy]))
        comparison = measure.compare(
            commands,
            runs=given.runs,
            baseline=copy,
            name="simulate",
            before_each=lambda name: files[name].unlink(missing_ok=True),
        )
        comparison.print()
        counts = {name: rows(str(path)) for name, path in files.items()}
    print()
    print("| company | rows | CPU µs a row | peak MB |")
    print("|---|---:|---:|---:|")
    for name, count in counts.items():
        middle = comparison.median(name)
        print(f"| {name} | {count:,} | {middle.cpu_seconds / count * 1e6:.2f} | {middle.peak_mb:.0f} |")
    comparison.save(kind=given.kind, rows=counts, memory=MEMORY)


if __name__ == "__main__":
    main()
