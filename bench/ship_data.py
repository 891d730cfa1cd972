"""Rebuild the data that ship inside the package from the public files in PEAKEND_DATA.

    python bench/ship_data.py

The columns stay as the public files have them (those of a CSV as text), so that one mapping reads both.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import duckdb

from peakend.demo.shipped import shipped_folder
from peakend.warehouse.readers import ROW, read_source

# Row groups of this size compress best here; readers of such small files gain nothing from smaller ones.
_ROWS = 1_000_000
_LEVEL = 19


def build(source: Path, target: Path) -> int:
    """Write the columns of `source` to the Parquet file `target`; its size in bytes."""
    connection = duckdb.connect()
    opened = read_source(source, None, connection)
    if opened.refused_lines():
        raise SystemExit(f"{source} has lines that are no rows")
    relation = f"select * exclude ({ROW}) from {opened.relation} order by {ROW}"  # noqa: S608 (a name of our own)
    connection.execute(
        f"copy ({relation}) to '{target}' "
        f"(format parquet, compression zstd, compression_level {_LEVEL}, row_group_size {_ROWS})"
    )
    opened.check_unchanged()
    opened.close()
    return target.stat().st_size


def main() -> None:
    root = os.environ.get("PEAKEND_DATA")
    if not root:
        sys.exit("PEAKEND_DATA is not set: the public files are absent")
    for name, folder in {"sfo": "sfo_survey", "online_retail": "online_retail"}.items():
        target = shipped_folder(name)
        total = 0
        for source in sorted((Path(root) / folder).iterdir()):
            if source.suffix not in {".csv", ".parquet"}:
                continue
            size = build(source, target / f"{source.stem}.parquet")
            total += size
            print(f"{name}/{source.stem}.parquet  {size:,} bytes")
        print(f"{name}: {total / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
