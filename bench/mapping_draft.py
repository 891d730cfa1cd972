"""How many columns `peakend mapping draft` gets right on the data that ship, against their hand-made
mappings.

    python bench/mapping_draft.py

right: the column goes to the same places in both (or is left as an attribute in both). found: of the
columns that have a place by hand, those the draft sends there. correct: of the places the draft gives,
those that are right.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import duckdb

from peakend.demo.shipped import SHIPPED
from peakend.warehouse.draft import draft_mapping
from peakend.warehouse.draft_agreement import Agreement, agreement
from peakend.warehouse.mapping import load_mapping
from peakend.warehouse.readers import find_sources, read_source

if TYPE_CHECKING:
    from pathlib import Path


def measure(folder: Path) -> dict[str, Agreement]:
    """The agreement on each file of `folder`, which holds the hand-made mapping.yaml."""
    right = load_mapping(folder / "mapping.yaml")
    drafted = load_mapping(draft_mapping(folder))
    found = {}
    with duckdb.connect() as connection:
        for name in find_sources(folder):
            source = read_source(folder / name, None, connection, name=name)
            found[name] = agreement(drafted, right, name, [column.name for column in source.columns])
            source.close()
    return found


def main() -> None:
    print(f"{'':42}{'columns':>8}{'right':>8}{'found':>8}{'correct':>8}")
    for one in SHIPPED:
        started = time.process_time()
        found = measure(one.folder)
        for name, score in found.items():
            print(_line(name, score))
        total = sum(found.values(), Agreement(0, 0, 0, 0, 0))
        print(_line(f"{one.name} ({time.process_time() - started:.1f} CPU s)", total))


def _line(label: str, score: Agreement) -> str:
    return f"{label:42}{score.columns:>8}{score.accuracy:>8.0%}{score.recall:>8.0%}{score.precision:>8.0%}"


if __name__ == "__main__":
    main()
