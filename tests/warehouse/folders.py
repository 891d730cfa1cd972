"""Folders of CSV files whose names are canonical tables and whose columns are canonical columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from pathlib import Path


def write_folder(folder: Path, derived: tuple[str, ...] = (), **tables: str) -> Path:
    """Write `name.csv` for every table and the mapping that fits them; a table called `customers_2` feeds
    customers, too. `derived` tables yield to what exists."""
    folder.mkdir(exist_ok=True, parents=True)
    files = []
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
        header = text.splitlines()[0].split(",")
        rule: dict[str, object] = {"columns": {column: column for column in header}}
        if name in derived:
            rule["on_conflict"] = "keep"
        files.append({"match": [name], "tables": {name.split("_2")[0]: rule}})
    mapping = {"peakend": "1", "source": "test", "files": files}
    (folder / "mapping.yaml").write_text(
        yaml.safe_dump(mapping, allow_unicode=True, sort_keys=False), "utf-8"
    )
    return folder


CUSTOMERS = "customer_id,name,birth_year\nc1,Ann,1970\nc2,王小明,1980\n"
INTERACTIONS = (
    "event_id,customer_id,at,touchpoint_id\n"
    "e3,c2,2024-01-02 03:04:05,t1\n"
    "e1,c1,2024-01-03 00:00:00,t1\n"
    "e2,c1,2024-01-01 00:00:00,t2\n"
)
