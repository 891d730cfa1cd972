"""A template written as files that `peakend load` takes as they are: CSV to edit, and their mapping."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, ClassVar

from peakend.errors import PeakendError
from peakend.journey.registry.templates import find_template
from peakend.language import Language, Text

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

_NOT_WRITTEN = {"source"}


class FileInTheWayError(PeakendError):
    """A file that would be written is there already. `data` has files."""

    code: ClassVar[str] = "journey.file_in_the_way"


def write_template(
    name: str, folder: Path, language: Language = "en", *, replace: bool = False
) -> tuple[Path, ...]:
    """Write touchpoints.csv, design_steps.csv, design_flows.csv and mapping.yaml of the template `name`.

    folder: made when it is not there. Nothing is overwritten without `replace`: then
    `FileInTheWayError` names what is in the way and nothing is written. Raises `TemplateError`.
    """
    chosen = find_template(name)
    steps, flows = chosen.design(language)
    tables = {"touchpoints": chosen.touchpoints(language), "design_steps": steps, "design_flows": flows}
    paths = {table: folder / f"{table}.csv" for table in tables}
    mapping = folder / "mapping.yaml"
    there = [path for path in (*paths.values(), mapping) if path.exists()]
    if there and not replace:
        listed = ", ".join(path.name for path in there)
        raise FileInTheWayError(
            Text(f"{folder} has {listed} already.", f"{folder} 中已有 {listed}。"),
            Text(
                "Choose another folder, or add --replace to write over them.",
                "请另选文件夹，或加上 --replace 以覆盖。",
            ),
            files=[str(path) for path in there],
        )
    folder.mkdir(parents=True, exist_ok=True)
    for table, path in paths.items():
        _write_csv(path, tables[table])
    remarks = [chosen.title, chosen.source, *chosen.assumptions]
    mapping.write_text(_mapping(chosen.name, tables, remarks), "utf-8")
    return (*paths.values(), mapping)


def _write_csv(path: Path, table: pa.Table) -> None:
    """With a byte order mark, so that spreadsheets read the Chinese; an attribute has a column of its own."""
    kept = [column for column in table.column_names if column not in {*_NOT_WRITTEN, "attributes"}]
    rows = [row | json.loads(row["attributes"]) for row in table.to_pylist()]
    more = sorted({name for row in rows for name in row} - set(table.column_names))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*kept, *more])
        for row in rows:
            writer.writerow([_written(row.get(column)) for column in (*kept, *more)])


def _written(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return "" if value is None else value


def _mapping(name: str, tables: dict[str, pa.Table], remarks: list[Text]) -> str:
    lines = [f"# {line}" for remark in remarks for line in (remark.en, remark.zh)]
    lines += ["peakend: 1", f"source: template-{name}", "files:"]
    for table, data in tables.items():
        lines += [f"  - match: {table}", "    tables:", f"      {table}:", "        columns:"]
        kept = [column for column in data.column_names if column not in {*_NOT_WRITTEN, "attributes"}]
        lines += [f"          {column}: {column}" for column in kept]
    return "\n".join(lines) + "\n"
