"""Column names as a file has them, made unique; and text that enters SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.engine import identifier
from peakend.language import Text
from peakend.warehouse.readers.source import ROW

if TYPE_CHECKING:
    from collections.abc import Sequence


def quoted(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return identifier(name).sql("duckdb")


def literal(text: str) -> str:
    """`text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def unique_names(header: Sequence[str | None]) -> tuple[list[str], tuple[Text, ...]]:
    """Names for the columns of `header` and notes on what was renamed.

    A name that came before (DuckDB does not tell upper from lower case) gets _2, _3, …; an empty one is
    called by its place (column3). Everything else stays exactly as the file writes it.
    """
    names: list[str] = []
    notes: list[Text] = []
    taken = {ROW}
    for place, raw in enumerate(header, start=1):
        wanted = raw if raw is not None and raw.strip() else f"column{place}"
        name, number = wanted, 1
        while name.casefold() in taken:
            number += 1
            name = f"{wanted}_{number}"
        taken.add(name.casefold())
        names.append(name)
        if name != raw:
            notes.append(
                Text(
                    f"Column {place} ({raw or 'without a name'}) is read as {name}.",
                    f"第 {place} 列（{raw or '无列名'}）读作 {name}。",
                )
            )
    return names, tuple(notes)
