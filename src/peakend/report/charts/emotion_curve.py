"""How it feels along the journey: the mean feeling at each touchpoint, in the order they are met."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.dots import Dot, dots
from peakend.report.charts.journey_words import Row, everybody, feeling_of, name_of
from peakend.report.draw import colour
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import interval, level, number, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec
    from peakend.report.finding import Tone

MOST_ROWS = 40
_FEWEST = 3
_PEAK, _END = Text("peak", "峰值"), Text("end", "终值")


class EmotionCurve:
    """Dots down the journey, joined; the peak and the end are named."""

    needs = ("journey_nodes",)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows = [row for row in everybody(basis, "journey_nodes") if row["emotion"] is not None]
        busiest = sorted(rows, key=lambda row: (-row["journeys"], row["touchpoint_id"]))[:MOST_ROWS]
        return sorted(busiest, key=lambda row: (row["mean_place"], row["touchpoint_id"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if len(rows) < _FEWEST:
            return None
        peak, end = _peak(rows), _end(rows)
        named = level(basis.settings.confidence, language)
        names = [shortened_to(name_of(basis, row["touchpoint_id"], language), 40) for row in (peak, end)]
        return Finding(
            headline=_headline(peak, end, names, language),
            lede=Text(
                "The strongest moment and the end are where to look first; whether these customers remember "
                "them more than the average is a question of its own, answered beside.",
                "最强烈的时刻与结尾值得先看；这些客户是否更记得它们而非平均，另有专门检验。",
            ).in_(language),
            figures=tuple(
                Figure(
                    f"{word.in_(language).capitalize()}{'：' if language == 'zh' else ': '}{name}",
                    signed(row["emotion"], 2),
                    f"{named} {interval(row['emotion_low'], row['emotion_high'], language, 2)} · "
                    f"n = {number(row['emotion_n'])}",
                )
                for word, row, name in ((_PEAK, peak, names[0]), (_END, end, names[1]))
            ),
            reading=Text(
                "Each dot is the mean feeling at a touchpoint from −1 (worst) to 1 (best), in the order in "
                f"which journeys meet them; lines through dots are {level(basis.settings.confidence, 'en')} "
                "intervals, customers counting as wholes. Peak: furthest from 0. End: where most journeys "
                "end.",
                f"圆点为各接触点当下感受的均值，−1 最差，1 最好，按旅程先后排列；横线为"
                f"{level(basis.settings.confidence, 'zh')}（同一客户作为整体）。峰值：离 0 最远处；"
                "终值：最多旅程结束之处。",
            ).in_(language),
            caution=Text(
                "This is the average of many journeys; each journey has a peak and an end of its own.",
                "这是众多旅程的平均；每段旅程各有自己的峰值与终值。",
            ).in_(language),
            next_step=NextStep(
                basis.owners.get(end["touchpoint_id"])
                or Text("The owner of the end", "终点责任人").in_(language),
                Text(
                    f"Try one small good gesture at {names[1]} with half of the customers.",
                    f"在{names[1]}对一半客户试做一个小小的善意举动。",
                ).in_(language),
                Text(
                    "What both halves say of the whole journey afterwards.",
                    "比较两组客户事后对整段旅程的评价。",
                ).in_(language),
            ),
            weight=50 if feeling_of(end) == "unpleasant" or feeling_of(peak) == "unpleasant" else 30,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        if len(rows) < _FEWEST:
            return None
        peak, end = _peak(rows), _end(rows)
        drawn = []
        for row in rows:
            words = [word.in_(language) for word, one in ((_PEAK, peak), (_END, end)) if row is one]
            drawn.append(
                Dot(
                    name_of(basis, row["touchpoint_id"], language),
                    row["emotion"],
                    row["emotion_low"],
                    row["emotion_high"],
                    number(row["emotion_n"]),
                    _tone(row),
                    " · ".join(words),
                )
            )
        spec = dots(
            drawn,
            width,
            language,
            decimals=2,
            limits=(-1.0, 1.0),
            base_title=Text("events", "互动次数"),
        )
        return _joined(spec)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = self._rows(basis)
        return "journey_nodes", pa.Table.from_pylist(rows, schema=basis["journey_nodes"].schema)


def _joined(spec: Spec) -> Spec:
    """The dots with a thin line from each to the next: it is one journey."""
    place, circles = next(
        (number, layer)
        for number, layer in enumerate(spec["layer"])
        if layer["mark"].get("type") == "circle" and "data" not in layer
    )
    encoding = circles["encoding"]
    line = {
        "transform": circles["transform"],
        "mark": {"type": "line", "color": colour("line-2"), "strokeWidth": 1.5},
        "encoding": {"x": encoding["x"], "y": encoding["y"], "order": {"field": "y", "type": "quantitative"}},
    }
    layers = spec["layer"]
    return {**spec, "layer": [*layers[: place - 1], line, *layers[place - 1 :]]}


def _tone(row: Row) -> Tone:
    tones: dict[str, Tone] = {"pleasant": "good", "unpleasant": "act"}
    return tones.get(feeling_of(row), "plain")


def _peak(rows: Sequence[Row]) -> Row:
    return max(rows, key=lambda row: (abs(row["emotion"]), row["touchpoint_id"]))


def _end(rows: Sequence[Row]) -> Row:
    return max(rows, key=lambda row: (row["ends"] or 0, row["mean_place"], row["touchpoint_id"]))


def _headline(peak: Row, end: Row, names: Sequence[str], language: Language) -> str:
    felt = {"pleasant": 1, "unpleasant": -1}
    top, last = felt.get(feeling_of(peak), 0), felt.get(feeling_of(end), 0)
    if peak is end and top:
        return (
            Text(
                f"The journey ends on its strongest moment, a good one: {names[0]}",
                f"旅程在最强烈的好时刻结束：{names[0]}",
            )
            if top > 0
            else Text(
                f"The journey ends on its worst moment: {names[0]}", f"旅程在最糟的时刻结束：{names[0]}"
            )
        ).in_(language)
    if last < 0:
        return Text(
            f"The journey leaves a bad last impression at {names[1]}", f"旅程在{names[1]}留下不佳的最后印象"
        ).in_(language)
    if top < 0:
        return Text(f"The strongest moment is a bad one: {names[0]}", f"最强烈的时刻是坏的：{names[0]}").in_(
            language
        )
    if top > 0:
        return Text(f"The strongest moment is a good one: {names[0]}", f"最强烈的时刻是好的：{names[0]}").in_(
            language
        )
    return Text("No moment of the journey stands out yet", "尚无一处时刻明显突出").in_(language)


EMOTION_CURVE = EmotionCurve()
