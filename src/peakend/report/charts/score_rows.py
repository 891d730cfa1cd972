"""Reading the score tables: which row is the whole, which are parts, their names, the order of periods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from peakend.language import Language, Text
from peakend.report.numbers import number, percent, period

Row = Mapping[str, Any]
Tables = Mapping[str, pa.Table]
ALL = "all"


@dataclass(frozen=True, slots=True)
class Measure:
    """What a score table measures, and the words and digits for it. `per_cent`: shares shown in percent.
    `lowest` and `highest` complete "X is …" and "X是…"."""

    table: str
    name: Text
    of_whole: Text
    lowest: Text
    highest: Text
    decimals: int
    per_cent: bool = False

    @property
    def suffix(self) -> str:
        """What follows a value in a chart."""
        return "%" if self.per_cent else ""

    def shown(self, value: float | None) -> float | None:
        """The value in the unit that the reader sees."""
        return value * 100 if self.per_cent and value is not None else value

    def written(self, value: float | None, language: Language) -> str:
        if self.per_cent:
            return percent(value, language, self.decimals)
        return number(value, self.decimals)


RATING = Measure(
    table="rating_by_touchpoint",
    name=Text("mean rating", "平均评分"),
    of_whole=Text("Overall rating", "总体评分"),
    lowest=Text("rated lowest", "评分最低"),
    highest=Text("rated highest", "评分最高"),
    decimals=2,
)
CSAT = Measure(
    table="csat_by_touchpoint",
    name=Text("share of satisfied customers", "满意占比"),
    of_whole=Text("Satisfied overall", "总体满意占比"),
    lowest=Text("least satisfying", "满意占比最低"),
    highest=Text("most satisfying", "满意占比最高"),
    decimals=0,
    per_cent=True,
)
CES = Measure(
    table="ces_by_touchpoint",
    name=Text("mean ease score", "平均省力得分"),
    of_whole=Text("Ease overall", "总体省力得分"),
    lowest=Text("scored lowest", "得分最低"),
    highest=Text("scored highest", "得分最高"),
    decimals=2,
)
NPS = Measure(
    table="nps_by_touchpoint",
    name=Text("Net Promoter Score", "净推荐值"),
    of_whole=Text("Net Promoter Score", "净推荐值"),
    lowest=Text("recommended least", "净推荐值最低"),
    highest=Text("recommended most", "净推荐值最高"),
    decimals=1,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One score in the reader's unit: the weighted one where the survey has weights or clusters."""

    value: float
    low: float | None
    high: float | None
    n: int
    weighted: bool


def reading(row: Row, measure: Measure) -> Reading | None:
    """The score of `row`; None where it is hidden or there is none."""
    weighted = row.get("weighted_value") is not None
    prefix = "weighted_" if weighted else ""
    value = row["weighted_value"] if weighted else row["value"]
    if row["hidden"] or value is None:
        return None
    return Reading(
        value=measure.shown(value) or 0.0,
        low=measure.shown(row[f"{prefix}low"]),
        high=measure.shown(row[f"{prefix}high"]),
        n=row["n"] or 0,
        weighted=weighted,
    )


def everybody(table: pa.Table) -> list[Row]:
    """The rows about all customers, in no segment."""
    rows: list[Row] = table.filter(pc.equal(table["segmentation"], ALL)).to_pylist()
    return rows


def in_segments(table: pa.Table) -> list[Row]:
    """The rows about segments."""
    rows: list[Row] = table.filter(pc.not_equal(table["segmentation"], ALL)).to_pylist()
    return rows


def period_order(rows: Iterable[Row]) -> list[str]:
    """The periods of `rows`, first to last: by their first day, else by name. Undated answers come first."""
    starts: dict[str, tuple[bool, date, str]] = {}
    for row in rows:
        undated = row["period_kind"] == "undated" or row["period"] is None
        name = row["period"] or ""
        starts[name] = (not undated, row["period_start"] or date.min, name)
    dated = [start for start in starts.values() if start[1] != date.min]
    by_name = len(dated) < len(starts)
    return sorted(starts, key=lambda name: (starts[name][0], name) if by_name else starts[name])


def of_period(rows: Iterable[Row], name: str) -> list[Row]:
    return [row for row in rows if (row["period"] or "") == name]


def latest(rows: Sequence[Row], measure: Measure) -> tuple[str, list[Row]]:
    """The last period with a score that may be shown, and its rows; ("", []) when there is none."""
    for name in reversed(period_order(rows)):
        chosen = of_period(rows, name)
        if any(reading(row, measure) for row in chosen):
            return name, chosen
    return "", []


def whole(rows: Iterable[Row]) -> Row | None:
    """The row that asks about the whole: marked so, else without a touchpoint; with the most answers."""
    listed = list(rows)
    for test in (lambda row: row["overall"], lambda row: row["touchpoint_id"] is None):
        found = [row for row in listed if test(row)]
        if found:
            return max(found, key=lambda row: (row["n"] or 0, row["question_id"]))
    return None


def parts(rows: Iterable[Row]) -> list[Row]:
    """The rows that ask about parts, on the scale most of them share."""
    found = [row for row in rows if not row["overall"] and row["touchpoint_id"] is not None]
    if not found:
        found = [row for row in rows if not row["overall"]]
    scales = Counter((row["scale_low"], row["scale_high"]) for row in found)
    if not scales:
        return []
    common = max(scales, key=lambda scale: (scales[scale], str(scale)))
    return [row for row in found if (row["scale_low"], row["scale_high"]) == common]


def scale(rows: Iterable[Row]) -> tuple[float, float] | None:
    """The ends of the scale of the first row that names them."""
    for row in rows:
        if row["scale_low"] is not None and row["scale_high"] is not None:
            return row["scale_low"], row["scale_high"]
    return None


def labels(rows: Sequence[Row], language: Language) -> dict[int, str]:
    """What each row (by its `id`) is called: short, and no two alike."""
    touched: dict[str, set[str]] = {}
    for row in rows:
        touched.setdefault(row["question_id"], set()).add(row["touchpoint_id"] or "")
    asked = {touchpoint for places in touched.values() for touchpoint in places}
    named: dict[int, list[str]] = {}
    for row in rows:
        touchpoint, question = _named(row, "touchpoint", language), _named(row, "label", language)
        shared = len(touched[row["question_id"]]) > 1 and len(asked) > 1
        first, second = (touchpoint, question) if shared else (question, touchpoint)
        choices = [first or second or row["question_id"], second, row["dimension"], row["question_id"]]
        named[id(row)] = [choice for choice in choices if choice]
    taken = {key: choices[0] for key, choices in named.items()}
    for depth in range(1, 4):
        counts = Counter(taken.values())
        for key, choices in named.items():
            if (
                counts[taken[key]] > 1
                and len(choices) > depth
                and choices[depth] not in taken[key].split(" · ")
            ):
                taken[key] = f"{taken[key]} · {choices[depth]}"
    return taken


def _named(row: Row, what: str, language: Language) -> str:
    first, second = (f"{what}_zh", f"{what}_en") if language == "zh" else (f"{what}_en", f"{what}_zh")
    return str(row[first] or row[second] or "")


def when(row_or_name: Row | str, language: Language) -> str:
    """A period in words; empty when the answers carry no date."""
    name = row_or_name if isinstance(row_or_name, str) else (row_or_name["period"] or "")
    return "" if name in {"", "undated"} else period(name, language)


def opening(row: Row, rest: Text, language: Language) -> str:
    """A sentence that begins with its period, where there is one: "In 2017, the parts …", "2017年，…".

    `rest` begins with a small letter where its language has one.
    """
    found = when(row, language)
    if not found:
        return rest.zh if language == "zh" else rest.en[:1].upper() + rest.en[1:]
    before = "From" if row["period_kind"] == "months" else "In"
    return Text(f"{before} {found}, {rest.en}", f"{found}，{rest.zh}").in_(language)
