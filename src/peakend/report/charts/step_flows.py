"""What people do step by step: where journeys begin, go on and end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.charts.flow_drawing import Band, Node, flow_drawing
from peakend.report.draw import is_phone
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import level, number, percent, share_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.journey_words import Row
    from peakend.report.draw import Spec

TABLE = "flow_steps"
END, OTHER = "(end)", "(other)"
_COLUMNS = 4
_SMALL = 0.04


class StepFlows:
    """A flow from left to right; on a phone the ways most journeys take, step by step."""

    needs = (TABLE,)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows: list[Row] = [row for row in basis[TABLE].to_pylist() if not row["hidden"]]
        return sorted(
            rows, key=lambda row: (row["step"], -row["moved"], row["from_touchpoint"], row["to_touchpoint"])
        )

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        first = [row for row in rows if row["step"] == 1]
        if not first:
            return None
        named = level(basis.settings.confidence, language)
        total = _total(first)
        start = max(first, key=lambda row: (row["n"], row["from_touchpoint"]))
        way = max(
            (row for row in first if row["from_touchpoint"] == start["from_touchpoint"]),
            key=lambda row: row["moved"],
        )
        ended = [row for row in rows if row["to_touchpoint"] == END and row["step"] <= _COLUMNS]
        leak = max(ended, key=lambda row: row["moved"], default=None)
        figures = [_figure(way, named, language)]
        if leak is not None and leak is not way:
            figures.append(_figure(leak, named, language))
        ends = way["to_touchpoint"] == END
        headline = (
            Text(
                f"Most journeys begin at “{start['from_en']}”, and {percent(way['share'], 'en')} of these "
                "end there",
                f"旅程多始于“{start['from_zh']}”，其中 {percent(way['share'], 'zh')}就此结束",
            )
            if ends
            else Text(
                f"{percent(start['n'] / total, 'en')} of journeys begin at “{start['from_en']}”; "
                f"{percent(way['share'], 'en')} of these go on to “{way['to_en']}”",
                f"{percent(start['n'] / total, 'zh')}的旅程始于“{start['from_zh']}”，其中 "
                f"{percent(way['share'], 'zh')}接着到“{way['to_zh']}”",
            )
        )
        return Finding(
            headline=headline.in_(language),
            lede=_lede(leak, language),
            figures=tuple(figures),
            reading=Text(
                "Each column is a step of the journey, each band as wide as the journeys that go that way. "
                "Ways of few journeys are drawn together as others.",
                "每一列为旅程的一步，色带越宽，走这条路的旅程越多；较少走的路并作“其他”。",
            ).in_(language),
            caution=Text(
                "Steps are counted from the first event on record: what happened before is not seen. The "
                "order of events does not say that one leads to the other.",
                "步数自有记录的首次互动起算，此前的经历不可见；先后次序并不说明前者导致后者。",
            ).in_(language),
            next_step=NextStep(
                Text("The owner of the journey", "旅程负责人").in_(language),
                Text(
                    "Look at ten journeys that end early: were they finished, or given up?",
                    "抽看十段提早结束的旅程：是办完了，还是放弃了？",
                ).in_(language),
                Text("The share that ends at this step, next month.", "下月该步结束的占比。").in_(language),
            ),
            weight=20,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        if not any(row["step"] == 1 for row in rows):
            return None
        return _ways(rows, width, language) if is_phone(width) else _drawn(rows, width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = [dict(row) for row in self._rows(basis)]
        return TABLE, pa.Table.from_pylist(rows, schema=basis[TABLE].schema)


def _total(rows: Sequence[Row]) -> int:
    """Journeys at the step of `rows`, each place once."""
    return sum({row["from_touchpoint"]: row["n"] for row in rows}.values())


def _name(row: Row, side: str, language: Language) -> str:
    return str(row[f"{side}_{language}"] or row[f"{side}_en"])


def _figure(row: Row, named: str, language: Language) -> Figure:
    way = f"{row['step']}. {_name(row, 'from', language)} → {_name(row, 'to', language)}"
    return Figure(
        way,
        percent(row["share"], language, 1),
        f"{named} {share_interval(row['share_low'], row['share_high'], language)} · n = {number(row['n'])}",
    )


def _lede(leak: Row | None, language: Language) -> str:
    if leak is None:
        return Text("None of the first steps ends a journey.", "前几步都没有旅程结束。").in_(language)
    return Text(
        f"Most early ends come at step {leak['step']}: {number(leak['moved'])} journeys, "
        f"{percent(leak['share'], 'en')} of those at “{leak['from_en']}”, end there.",
        f"提早结束最多的是第 {leak['step']} 步：{number(leak['moved'])} 段旅程在“{leak['from_zh']}”结束，"
        f"占处于该处旅程的 {percent(leak['share'], 'zh')}。",
    ).in_(language)


def _ways(rows: Sequence[Row], width: int, language: Language) -> Spec:
    """The three ways most journeys take at each of the first steps, as shares of all journeys."""
    total = _total([row for row in rows if row["step"] == 1])
    drawn = []
    for step in range(1, _COLUMNS + 1):
        here = [row for row in rows if row["step"] == step]
        for row in here[:3]:
            label = f"{step}. {_name(row, 'from', language)} → {_name(row, 'to', language)}"
            token = "passive" if row["to_touchpoint"] == END else "brand"
            drawn.append(
                BarRow(
                    label, (Bar(((row["moved"] / total, token),), percent(row["moved"] / total, language)),)
                )
            )
    legend = ((Text("goes on", "继续"), "brand"), (Text("ends", "结束"), "passive"))
    return bars(drawn, [Column(Text("Of all journeys", "占全部旅程"), legend)], width, language)


def _drawn(rows: Sequence[Row], width: int, language: Language) -> Spec:
    """Columns of the first steps; places of few journeys are one with the others."""
    shown = [row for row in rows if row["step"] < _COLUMNS]
    total = _total([row for row in rows if row["step"] == 1])
    sizes: dict[tuple[int, str], float] = {}
    for row in shown:
        if row["step"] == 1:
            sizes[0, row["from_touchpoint"]] = row["n"]
        to = (row["step"], row["to_touchpoint"])
        sizes[to] = sizes.get(to, 0) + row["moved"]
    names = {row[f"{side}_touchpoint"]: _name(row, side, language) for row in rows for side in ("from", "to")}
    names[OTHER] = Text("others", "其他").in_(language)

    def key(step: int, touchpoint: str) -> str:
        big = sizes.get((step, touchpoint), 0) >= _SMALL * total
        return touchpoint if big or touchpoint == END else OTHER

    merged: dict[tuple[int, str], float] = {}
    for (step, touchpoint), size in sizes.items():
        place = step, key(step, touchpoint)
        merged[place] = merged.get(place, 0) + size
    flows: dict[tuple[int, str, str], float] = {}
    for row in shown:
        at = row["step"] - 1
        way = at, key(at, row["from_touchpoint"]), key(at + 1, row["to_touchpoint"])
        flows[way] = flows.get(way, 0) + row["moved"]
    last = {END: 2, OTHER: 1}
    order = sorted(merged, key=lambda place: (place[0], last.get(place[1], 0), -merged[place], place[1]))
    tokens = {END: "passive", OTHER: "line-2"}
    nodes = [
        Node(
            step,
            name,
            names[name],
            percent(merged[step, name] / total, language),
            merged[step, name],
            tokens.get(name, "brand"),
        )
        for step, name in order
    ]
    bands = [Band(step, start, to, size) for (step, start, to), size in flows.items()]
    heads = [Text(f"Step {step}", f"第 {step} 步").in_(language) for step in range(1, _COLUMNS + 1)]
    return flow_drawing(nodes, bands, heads, width)


STEP_FLOWS = StepFlows()
