"""Results as a person reads them in a terminal: columns that say something, hidden cells as such."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa
    from rich.console import RenderableType

    from peakend.declaration import ResultTable

# What a reader looks for first, where a result has it.
_FIRST = ("n", "value", "low", "high", "verdict", "adjusted_p", "effective_n", "weighted_value", "difference")
_NOTHING = "–"
_WIDEST_CELL = 34
_HIDDEN = Text("hidden", "不公布")


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a table: the same value in all rows (`constant`), columns, and columns left out."""

    constant: Mapping[str, str]
    columns: Sequence[str]
    left_out: Sequence[str]
    cells: Sequence[Sequence[str]]
    any_hidden: bool


def shown(
    table: pa.Table, declared: ResultTable | None, language: Language, *, limit: int | None, width: int | None
) -> Shown:
    """The rows and columns of `table` to show in `width` characters (None: all columns).

    Columns without a value, those in the other language and those with one value throughout are taken out.
    """
    rows = table.slice(0, limit).to_pylist() if limit is not None else table.to_pylist()
    names = [n for n in _in_language(table.column_names, language) if n != "hidden" and _has_value(rows, n)]
    names = _in_order(names, declared)
    cells = {name: _column(rows, name, language) for name in names}
    same = {n: cells[n][0] for n in names if len(rows) > 1 and len(set(cells[n])) == 1}
    varying = [name for name in names if name not in same]
    fitting = varying if width is None else _fitting(varying, cells, width)
    key = declared.key if declared else names
    constant = {name: cell for name, cell in same.items() if name in key or name in _FIRST or _is_label(name)}
    return Shown(
        constant=constant,
        columns=fitting,
        left_out=[name for name in names if name not in fitting and name not in constant],
        cells=[[cells[name][number] for name in fitting] for number in range(len(rows))],
        any_hidden=any(row.get("hidden") for row in rows),
    )


def rendered(
    table: pa.Table,
    declared: ResultTable | None,
    language: Language,
    *,
    limit: int | None = 20,
    width: int | None = None,
    minimum_base: int = 10,
) -> RenderableType:
    """`table` as something rich can print: title, meaning, rows, and a word on what is not shown."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text as Line

    view = shown(table, declared, language, limit=limit, width=width)
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    numeric = {name for name in view.columns if _is_numeric(table.schema.field(name).type)}
    for name in view.columns:
        grid.add_column(name, justify="right" if name in numeric else "left", overflow="fold")
    for cells in view.cells:
        grid.add_row(*(Line(cell, style="dim" if cell == _HIDDEN.in_(language) else "") for cell in cells))
    above = [Line(declared.name, style="bold"), Line(declared.meaning.in_(language))] if declared else []
    if view.constant:
        above.append(Line(" · ".join(f"{k}: {v}" for k, v in view.constant.items()), style="dim"))
    below = [Line(note, style="dim") for note in _notes(table, view, language, minimum_base)]
    return Group(*above, *([grid] if view.cells else []), *below)


def _notes(table: pa.Table, view: Shown, language: Language, minimum_base: int) -> list[str]:
    notes: list[Text] = []
    if view.any_hidden:
        notes.append(
            Text(
                f"hidden: n < {minimum_base}, or held back against subtraction.",
                f"不公布：n < {minimum_base}，或为防止相减推算而一并隐藏。",
            )
        )
    more = table.num_rows - len(view.cells)
    if not table.num_rows:
        notes.append(Text("No rows.", "没有数据。"))
    elif more:
        notes.append(
            Text(f"{more:,} more rows: --limit 0 shows all.", f"另有 {more:,} 行：--limit 0 显示全部。")
        )
    if view.left_out:
        listed = ", ".join(view.left_out)
        notes.append(
            Text(f"Columns not shown (--csv has all): {listed}", f"未显示的列（--csv 含全部）：{listed}")
        )
    return [note.in_(language) for note in notes]


def _in_language(names: Sequence[str], language: Language) -> list[str]:
    """`names` without those whose twin is in the reader's language (label_en beside label_zh)."""
    other = "en" if language == "zh" else "zh"
    return [
        name
        for name in names
        if not (name.endswith(f"_{other}") and f"{name.removesuffix(other)}{language}" in names)
    ]


def _in_order(names: Sequence[str], declared: ResultTable | None) -> list[str]:
    key = declared.key if declared else ()
    ids = {name for name in names if name.endswith("_id") and _labelled(name, names)}
    first = [name for name in names if name in key and name not in ids]
    labels = [name for name in names if _is_label(name)]
    core = [name for name in _FIRST if name in names]
    return list(dict.fromkeys([*labels, *first, *core, *(n for n in names if n not in ids), *ids]))


def _is_label(name: str) -> bool:
    return name.endswith(("_en", "_zh"))


def _labelled(name: str, names: Sequence[str]) -> bool:
    stem = name.removesuffix("_id")
    stems = (stem, "label") if stem == "question" else (stem,)
    return any(f"{each}_{language}" in names for each in stems for language in ("en", "zh"))


def _has_value(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    return any(row[name] is not None for row in rows) or (name == "n" and bool(rows))


def _column(rows: Sequence[Mapping[str, Any]], name: str, language: Language) -> list[str]:
    """The cells of one column. Its floating numbers have the same decimals where they are of one size."""
    sizes = [abs(value) for row in rows if isinstance(value := row[name], float) and value]
    of_one_size = bool(sizes) and math.isfinite(max(sizes)) and max(sizes) < 1000 * min(sizes)
    decimals = _decimals(max(sizes)) if of_one_size else None
    return [_cell(row, name, language, decimals) for row in rows]


def _cell(row: Mapping[str, Any], name: str, language: Language, decimals: int | None) -> str:
    value = row[name]
    if value is None:
        return _HIDDEN.in_(language) if row.get("hidden") and name in ("n", "value") else _NOTHING
    if isinstance(value, float) and decimals is not None:
        return f"{value:,.{decimals}f}"
    return written(value, language)


def _decimals(size: float) -> int:
    """Decimals that give four significant figures, and at most six."""
    return min(6, max(0, 3 - math.floor(math.log10(size))))


def written(value: object, language: Language) -> str:
    """One value in words: numbers to four significant figures, thousands separated."""
    if isinstance(value, bool):
        return (Text("yes", "是") if value else Text("no", "否")).in_(language)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.{_decimals(abs(value))}f}" if value and math.isfinite(value) else f"{value:g}"
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if abs(value) >= 1 or value == round(value, 2) else f"{value:,f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    text = " ".join(str(value).split())
    return text if len(text) <= _WIDEST_CELL else text[: _WIDEST_CELL - 1] + "…"


def _fitting(names: Sequence[str], cells: Mapping[str, Sequence[str]], width: int) -> list[str]:
    from rich.cells import cell_len

    left = width
    fitting: list[str] = []
    for name in names:
        left -= max(map(cell_len, (name, *cells[name]))) + 3
        if left < 0 and fitting:
            break
        fitting.append(name)
    return fitting


def _is_numeric(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))
