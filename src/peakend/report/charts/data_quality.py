"""How far the data can be trusted: every column of every table as a cell, and what was refused and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.draw import LABEL_SIZE, SMALL_SIZE, Spec, colour, is_phone
from peakend.report.finding import Figure, Finding, NextStep, Tone
from peakend.report.lettering import width as text_width
from peakend.report.numbers import number, percent
from peakend.warehouse.schema import canonical_tables

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis

TABLE = "data_quality"
WHOLE = "*"
# A share of refused or broken rows above which somebody should act.
NOTABLE = 0.001
Row = Mapping[str, Any]
# From the fullest to the emptiest; a broken rule comes before all.
KINDS = (
    ("detractor", Text("breaks a rule", "有值不合规则")),
    ("brand", Text("complete", "完整")),
    ("band", Text("partly filled", "部分有值")),
    ("line-2", Text("empty", "无值")),
)


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of the warehouse: its rows, what was refused, and its columns with their state."""

    name: str
    rows: int
    refused: int
    columns: list[Row]

    def title(self, language: Language) -> str:
        known = canonical_tables().get(self.name)
        return known.title.in_(language) if known else self.name

    @property
    def invalid(self) -> int:
        return sum(row["invalid"] or 0 for row in self.columns)


class DataQuality:
    """A strip of cells a table, one cell a column."""

    needs = (TABLE,)
    by_programme = False

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        tables = _tables(basis)
        if not tables:
            return None
        refused = sum(table.refused for table in tables)
        invalid = sum(table.invalid for table in tables)
        rows = sum(table.rows for table in tables)
        return Finding(
            headline=_headline(tables, refused, invalid, rows, language),
            lede=_lede(tables, basis, refused, language),
            figures=_figures(tables, refused, invalid, rows, language),
            reading=Text(
                "One cell a column, fullest first. A column the source does not have is empty; that is no "
                "fault.",
                "每格为一列，由满到空排列。来源没有的列为空，并非缺陷。",
            ).in_(language),
            next_step=_next_step(tables, refused, invalid, language),
            weight=75 if refused + invalid > rows * 0.05 else 5,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        tables = _tables(basis)
        return _strips(tables, language, width) if tables else None

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        order = {table.name: place for place, table in enumerate(_tables(basis))}
        rows = [row for row in basis[TABLE].to_pylist() if row["table_name"] in order]
        rows.sort(key=lambda row: (order[row["table_name"]], row["column_name"] != WHOLE))
        return TABLE, pa.Table.from_pylist(rows, schema=basis[TABLE].schema)


QUALITY = DataQuality()


def _tables(basis: Basis) -> list[_Table]:
    """Tables with rows or refusals, those with refusals first, then by size."""
    grouped: dict[str, list[Row]] = {}
    for row in basis[TABLE].to_pylist():
        grouped.setdefault(row["table_name"], []).append(row)
    tables = []
    for name, rows in grouped.items():
        whole = next((row for row in rows if row["column_name"] == WHOLE), None)
        columns = [row for row in rows if row["column_name"] != WHOLE]
        count = (whole or (columns[0] if columns else {"rows": 0}))["rows"] or 0
        refused = (whole["refused"] or 0) if whole else sum(row["refused"] or 0 for row in columns)
        if count or refused:
            tables.append(_Table(name, count, refused, columns))
    return sorted(tables, key=lambda table: (-table.refused, -table.rows, table.name))


def _kind(row: Row) -> int:
    """The place in `KINDS`."""
    if row["invalid"]:
        return 0
    share = row["completeness"] or 0
    return 1 if share >= 1 else 2 if share > 0 else 3


def _headline(tables: list[_Table], refused: int, invalid: int, rows: int, language: Language) -> str:
    if refused:
        share = percent(refused / (rows + refused), language)
        return Text(
            f"{number(refused)} rows ({share}) were refused at loading and are kept with the reason",
            f"载入时拒绝了 {number(refused)} 行（{share}），均保留原因",
        ).in_(language)
    if invalid:
        worst = max(tables, key=lambda table: table.invalid)
        return Text(
            f"{number(invalid)} values break a rule, most of them in {worst.title('en').lower()}",
            f"{number(invalid)} 个值不合规则，多数在“{worst.title('zh')}”中",
        ).in_(language)
    return Text(
        f"All {number(rows)} rows were taken, and every value keeps its rule",
        f"{number(rows)} 行全部载入，且每个值都符合规则",
    ).in_(language)


def _lede(tables: list[_Table], basis: Basis, refused: int, language: Language) -> str:
    sentences = [
        Text(
            f"{len(tables)} tables hold data. Nothing was dropped in silence: what was refused can be read, "
            "corrected and loaded again.",
            f"{len(tables)} 张表有数据。没有任何记录被悄悄丢弃：被拒绝的行可以查看、改正并重新载入。",
        ).in_(language)
    ]
    if refused:
        for reason in basis.refusals[:3]:
            column = f".{reason['column_name']}" if reason["column_name"] else ""
            words = reason["reason_zh"] if language == "zh" else reason["reason_en"]
            sentences.append(
                Text(
                    f"{number(reason['n'])} × {reason['table_name']}{column}, such as “{words}”.",
                    f"{reason['table_name']}{column}：{number(reason['n'])} 行，如“{words}”。",
                ).in_(language)
            )
    return ("" if language == "zh" else " ").join(sentences)


def _figures(
    tables: list[_Table], refused: int, invalid: int, rows: int, language: Language
) -> tuple[Figure, ...]:
    def figure(label: Text, value: int, note: Text) -> Figure:
        tone: Tone = "act" if value > NOTABLE * rows else "plain"
        return Figure(label.in_(language), number(value), note.in_(language), tone)

    taken = Text("Rows taken", "已载入行数").in_(language)
    count = Text(f"in {len(tables)} tables", f"共 {len(tables)} 张表").in_(language)
    return (
        Figure(taken, number(rows), count),
        figure(
            Text("Rows refused", "被拒绝行数"),
            refused,
            Text("each kept with its reason" if refused else "none", "均保留原因" if refused else "无"),
        ),
        figure(
            Text("Values that break a rule", "不合规则的值"),
            invalid,
            Text("taken, but look at them" if invalid else "none", "已载入，但请核对" if invalid else "无"),
        ),
    )


def _next_step(tables: list[_Table], refused: int, invalid: int, language: Language) -> NextStep:
    if refused or invalid:
        first = tables[0].title(language) if refused else max(tables, key=lambda t: t.invalid).title(language)
        what = Text(
            f"Open the refused rows of “{first}”, correct the mapping or the source, and load again.",
            f"查看“{first}”中被拒绝的行，修正映射或来源后重新载入。",
        )
    else:
        what = Text(
            "Nothing to correct. Load again when new files arrive.", "无需修正。有新文件时再次载入即可。"
        )
    return NextStep(
        who=Text("Whoever delivers the data", "数据提供方").in_(language),
        what=what.in_(language),
        check=Text(
            "The same counts after the next load: loading twice changes nothing that was right.",
            "下次载入后再看这些数字：重复载入不会改变原本正确的数据。",
        ).in_(language),
    )


def _strips(tables: list[_Table], language: Language, width: int) -> Spec:
    """Cells of at most 18 pixels in rows of equal cell width; words at both sides, on a phone above."""
    phone = is_phone(width)
    left = 0.0 if phone else max(text_width(t.title(language), LABEL_SIZE) for t in tables) + 14
    notes = [_note(table, language) for table in tables]
    right = 0.0 if phone else max(text_width(note, SMALL_SIZE) for note in notes) + 14
    most = max((len(table.columns) for table in tables), default=1) or 1
    cell = min(18.0, (width - left - right) / most)
    words, top = _legend(language, width)
    cells: list[Spec] = []
    for table, note in zip(tables, notes, strict=True):
        tall = 46.0 if phone else 27.0
        y = top + (30 if phone else tall / 2)
        label_y = top + 10 if phone else y
        words.append(_word(table.title(language), 0, label_y, "ink", LABEL_SIZE, "left"))
        words.append(
            _word(
                note,
                width,
                label_y,
                "detractor" if table.refused > NOTABLE * table.rows else "ink-3",
                SMALL_SIZE,
                "right",
            )
        )
        for place, row in enumerate(sorted(table.columns, key=_kind)):
            x = left + place * cell
            cells.append(
                {
                    "table": table.name,
                    "column": row["column_name"],
                    "complete": row["completeness"],
                    "x": x,
                    "x2": x + cell - 2,
                    "y": y - 7,
                    "y2": y + 7,
                    "colour": colour(KINDS[_kind(row)][0]),
                }
            )
        top += tall
    return _spec(cells, words, width, top + 4)


def _note(table: _Table, language: Language) -> str:
    rows = Text(f"{number(table.rows)} rows", f"{number(table.rows)} 行").in_(language)
    if not table.refused:
        return rows
    return rows + Text(f", {number(table.refused)} refused", f"，拒绝 {number(table.refused)}").in_(language)


def _legend(language: Language, width: int) -> tuple[list[Spec], float]:
    """What the colours mean, on as many lines as it takes; and where the strips begin."""
    entries: list[Spec] = []
    x, y = 0.0, 9.0
    for token, words in KINDS:
        taken = text_width(words.in_(language), SMALL_SIZE) + 32
        if x and x + taken > width:
            x, y = 0.0, y + 19
        entries.append(_word("■", x, y, token, LABEL_SIZE, "left"))
        entries.append(_word(words.in_(language), x + 16, y, "ink-2", SMALL_SIZE, "left"))
        x += taken
    return entries, y + 18


def _word(text: str, x: float, y: float, token: str, size: int, align: str) -> Spec:
    return {"t": text, "x": x, "y": y, "colour": colour(token), "size": size, "align": align}


def _spec(cells: list[Spec], words: list[Spec], width: int, height: float) -> Spec:
    def pixels(room: float) -> Spec:
        scale = {"domain": [0, room], "range": [0, room], "nice": False, "zero": False}
        return {"type": "quantitative", "axis": None, "scale": scale}

    x, y = pixels(width), pixels(height)
    paint = {"field": "colour", "type": "nominal", "scale": None}
    layers: list[Spec] = [
        {
            "data": {"values": cells},
            "mark": {"type": "rect"},
            "encoding": {
                "x": {"field": "x", **x},
                "x2": {"field": "x2"},
                "y": {"field": "y", **y},
                "y2": {"field": "y2"},
                "fill": paint,
            },
        }
    ]
    for size, align in sorted({(word["size"], word["align"]) for word in words}):
        layers.append(
            {
                "data": {"values": [w for w in words if (w["size"], w["align"]) == (size, align)]},
                "mark": {"type": "text", "align": align, "baseline": "middle", "fontSize": size},
                "encoding": {
                    "x": {"field": "x", **x},
                    "y": {"field": "y", **y},
                    "text": {"field": "t", "type": "nominal"},
                    "color": paint,
                },
            }
        )
    return {"width": width, "height": height, "autosize": "none", "padding": 0, "layer": layers}
