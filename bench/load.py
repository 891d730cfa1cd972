"""What a load costs beside the plainest DuckDB: 10 million interactions, every check on, refused rows kept.

    python bench/load.py [--rows 10000000] [--runs 3]

The data hold planted faults (values out of range, keys that occur again with other content), so that refusing
is part of what is measured. `plain` is `create table … as select … order by` over the same file, with the
same memory. The bounds are 2.5 times its CPU and 2 GB, for both; CSV was last measured at 2.52.
"""

# Paths are the bench's own.
# ruff: noqa: S608

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import duckdb

import measure
from peakend.warehouse import open_warehouse
from peakend.warehouse.load_target import MEMORY

BOUND_CPU = 2.5
BOUND_MB = 2048

_ROWS = """
    select 'e' || lpad(((i * 7919) % {n})::varchar, 9, '0') as event_id,
           'c' || ((i * 104729) % 500000) as customer_id,
           timestamp '2024-01-01' + to_microseconds((hash(i) % 31536000000000)::bigint) as happened,
           't' || (hash(i + 1) % 24) as touchpoint_id,
           ['view', 'call', 'buy', 'complain'][1 + (hash(i + 2) % 4)::int] as kind,
           ['web', 'app', 'shop'][1 + (hash(i + 3) % 3)::int] as channel,
           's' || (hash(i + 4) % 200) as site_id,
           'm' || (hash(i + 5) % 900) as employee_id,
           case when i % 100003 = 7 then -1 else (hash(i + 6) % 3600)::double end as duration_s,
           ['ok', 'failed'][1 + (hash(i + 7) % 2)::int] as outcome,
           case when i % 100003 = 8 then 7 else ((hash(i + 8) % 2001)::double - 1000) / 1000 end as emotion
    from range({n}) t(i)
    union all
    select 'e' || lpad(i::varchar, 9, '0'), 'c1', timestamp '2024-01-01', 't1', 'view', 'web',
           's1', 'm1', 1, 'ok', 0
    from range(100) t(i)
"""

_MAPPING = """
peakend: "1"
source: bench
files:
  - match: [interactions]
    tables:
      interactions:
        columns:
          event_id: event_id
          customer_id: customer_id
          at: happened
          touchpoint_id: touchpoint_id
          kind: kind
          channel: channel
          site_id: site_id
          employee_id: employee_id
          duration_s: duration_s
          outcome: outcome
          emotion: emotion
"""


def generate(folder: str, rows: int, suffix: str) -> None:
    """Write `rows` interactions and 100 rows of contested keys to `folder`, with the mapping beside them."""
    Path(folder).mkdir()
    Path(folder, "mapping.yaml").write_text(_MAPPING, "utf-8")
    options = "(header)" if suffix == "csv" else "(row_group_size 122880)"
    with duckdb.connect() as connection:
        connection.execute("set memory_limit = '1500MB'")
        connection.execute(f"copy ({_ROWS.format(n=rows)}) to '{folder}/interactions.{suffix}' {options}")


def plain(folder: str, suffix: str, database: str) -> None:
    """The plainest load there is: no check, no mapping, no account."""
    with duckdb.connect(database) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"set memory_limit = '{MEMORY}'")
        connection.execute(
            f"create table interactions as select * from '{folder}/interactions.{suffix}' "
            "order by customer_id, happened, event_id"
        )


def peakend(folder: str, database: str) -> None:
    """The whole load, and a proof that the checks were on."""
    with open_warehouse(f"duckdb:///{database}") as warehouse:
        count = warehouse.load(folder)["interactions"]
    if not count.refused or count.read != count.kept + count.refused + count.duplicates:
        raise AssertionError(f"the checks did not run: {count}")


def main() -> None:
    """Print and save the table; fail when a bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    broken = []
    for suffix in ("parquet", "csv"):
        with tempfile.TemporaryDirectory() as room:
            folder, one, other = f"{room}/data", f"{room}/peakend.duckdb", f"{room}/plain.duckdb"
            measure.run(measure.call(generate, folder, given.rows, suffix))
            comparison = measure.compare(
                {
                    "peakend load": measure.call(peakend, folder, one),
                    "plain DuckDB": measure.call(plain, folder, suffix, other),
                },
                runs=given.runs,
                name=f"load_{suffix}",
                before_each=lambda _, paths=(one, other): [Path(p).unlink(missing_ok=True) for p in paths],
            )
        comparison.print()
        comparison.save(rows=given.rows)
        ratio, peak = comparison.cpu_ratio("peakend load"), comparison.median("peakend load").peak_mb
        if ratio > BOUND_CPU or peak > BOUND_MB:
            broken.append(f"{suffix}: {ratio:.2f} × CPU, {peak:.0f} MB")
    measure.judge(broken)


if __name__ == "__main__":
    main()
