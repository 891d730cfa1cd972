"""Where scores are heading over many periods: the drift of each, with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import interval, level, listing, number, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Measure, Row
    from peakend.report.draw import Spec
    from peakend.report.finding import Tone

TABLE = "score_trends"
MOST_ROWS = 30
FEW = 3
TONES: dict[str, Tone] = {"rising": "good", "falling": "act"}
WORDS = {"rising": Text("rising", "上升"), "falling": Text("falling", "下降")}


@dataclass(frozen=True, slots=True)
class Drifts:
    """The drifts of one metric, steepest rise first; absent where no series is long enough."""

    measure: Measure

    needs = (TABLE,)
    by_programme = True

    @property
    def _metric(self) -> str:
        return self.measure.table.removesuffix("_by_touchpoint")

    def _rows(self, basis: Basis) -> list[Row]:
        found = [
            row
            for row in rows_of.everybody(basis[TABLE])
            if row["metric"] == self._metric and row["slope"] is not None
        ]
        return sorted(found, key=lambda row: (-row["change"], row["question_id"], row["touchpoint_id"] or ""))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not rows:
            return None
        clear = {word: [row for row in rows if row["verdict"] == word] for word in ("falling", "rising")}
        clear["falling"].reverse()
        for word, found in clear.items():
            # The whole comes first, whatever its slope: it is what the reader asks about.
            clear[word] = sorted(found, key=lambda row: not row["overall"])
        names = rows_of.labels(rows, language)
        return Finding(
            headline=_headline(clear, rows, names, self.measure, language),
            lede=self._lede(clear, rows, names, language),
            figures=self._figures(clear, names, basis, language),
            reading=Text(
                f"Each dot is the fitted change of the {self.measure.name.en} from its first to its last "
                f"period; lines are {level(basis.settings.confidence, 'en')} intervals that allow for "
                "periods differing by more than chance. Only what carries a word holds after Holm's "
                "correction.",
                f"圆点为{self.measure.name.zh}从首期到末期的拟合变化，线段为"
                f"{level(basis.settings.confidence, 'zh')}，已计入各期之间超出抽样误差的起伏；"
                "附有文字者经 Holm 校正后成立。",
            ).in_(language),
            caution=Text(
                "A straight line is a summary: it says where a score went, not why, nor that it goes on.",
                "直线只是概括：它说明得分走向何处，不说明原因，也不保证延续。",
            ).in_(language),
            next_step=_next_step(clear, names, language),
            weight=70 if clear["falling"] else 45 if clear["rising"] else 15,
        )

    def _lede(
        self, clear: dict[str, list[Row]], rows: Sequence[Row], names: dict[int, str], language: Language
    ) -> str:
        unclear = len(rows) - len(clear["falling"]) - len(clear["rising"])
        sentences = []
        if len(rows) > 1 and (clear["falling"] or clear["rising"]):
            sentences.append(
                Text(
                    f"Of {len(rows)} scores followed over at least four periods, {len(clear['rising'])} "
                    f"rose, {len(clear['falling'])} fell, and for {unclear} it cannot be told.",
                    f"在至少跟踪四期的 {len(rows)} 项得分中，{len(clear['rising'])} 项上升，"
                    f"{len(clear['falling'])} 项下降，{unclear} 项尚不能断定。",
                ).in_(language)
            )
        out = [row for row in rows if row["standing"] in {"above", "below"}]
        if out:
            named = [self._out_of_line(row, names, language) for row in out[:FEW]]
            sentences.append(
                Text("Out of line in the last period: ", "最近一期偏离常态：").in_(language)
                + listing(named, language)
                + Text(".", "。").in_(language)
            )
        else:
            sentences.append(
                Text(
                    "No last period is out of line with those before it.",
                    "各项得分的最近一期均未偏离此前的常态。",
                ).in_(language)
            )
        return ("" if language == "zh" else " ").join(sentences)

    def _out_of_line(self, row: Row, names: dict[int, str], language: Language) -> str:
        name = shortened_to(names[id(row)], 40)
        value = self.measure.written(row["last_value"], language)
        low, high = (self.measure.shown(row[end]) for end in ("expected_low", "expected_high"))
        ends = interval(low, high, language, self.measure.decimals)
        return Text(f"{name} at {value} (expected {ends})", f"{name}（{value}，常态为 {ends}）").in_(language)

    def _figures(
        self, clear: dict[str, list[Row]], names: dict[int, str], basis: Basis, language: Language
    ) -> tuple[Figure, ...]:
        decimals = max(self.measure.decimals, 1)
        # A share moves by points: 15 % less of it would be something else.
        points = Text(" points", " 个百分点").in_(language) if self.measure.suffix else ""
        named = level(basis.settings.confidence, language)
        figures = []
        for word in ("falling", "rising"):
            for row in clear[word][:2]:
                first, last = (rows_of.when(row[end], language) for end in ("first_period", "last_period"))
                name = shortened_to(names[id(row)], 60)
                low, high = (self.measure.shown(row[end]) for end in ("change_low", "change_high"))
                ends = interval(low, high, language, decimals)
                p = "p < 0.001" if row["adjusted_p"] < 0.001 else f"p = {number(row['adjusted_p'], 3)}"
                figures.append(
                    Figure(
                        Text(f"{name}, {first} to {last}", f"{name}，{first}至{last}").in_(language),
                        signed(self.measure.shown(row["change"]), decimals) + points,
                        f"{WORDS[word].in_(language)} · {named} {ends} · {p}",
                        TONES[word],
                    )
                )
        return tuple(figures)

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        if not rows:
            return None
        names = rows_of.labels(rows, language)
        drawn = [
            Dot(
                names[id(row)],
                self.measure.shown(row["change"]),
                self.measure.shown(row["change_low"]),
                self.measure.shown(row["change_high"]),
                base=Text(f"{row['periods']} periods", f"{row['periods']} 期").in_(language),
                tone=TONES.get(row["verdict"], "plain"),
                word=WORDS[row["verdict"]].in_(language) if row["verdict"] in WORDS else "",
            )
            for row in _shown(rows)
        ]
        return dots(
            drawn, width, language, decimals=max(self.measure.decimals, 1), suffix=self.measure.suffix
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = [dict(row) for row in self._rows(basis)]
        return TABLE, pa.Table.from_pylist(rows, schema=basis[TABLE].schema)


def _shown(rows: list[Row]) -> list[Row]:
    """All of them, or the steepest at both ends where they are many."""
    return rows if len(rows) <= MOST_ROWS else rows[: MOST_ROWS // 2] + rows[-MOST_ROWS // 2 :]


def _headline(
    clear: dict[str, list[Row]], rows: list[Row], names: dict[int, str], measure: Measure, language: Language
) -> str:
    named = [*clear["falling"], *clear["rising"]] or rows
    starts = {row["first_period"] for row in named}
    since = rows_of.when(starts.pop(), language) if len(starts) == 1 else ""
    spoken = [
        _went(clear["falling"], Text("fell", "持续下降"), names, language),
        _went(clear["rising"], Text("rose", "持续上升"), names, language),
    ]
    said = [words for words in spoken if words]
    if not said:
        return Text(
            f"No {measure.name.en} drifts clearly over the periods",
            f"没有一项{measure.name.zh}的长期走势可以断定",
        ).in_(language)
    head = Text(
        f"Since {since}, " if since else "Over the periods, ", f"自{since}以来，" if since else "多期来看，"
    )
    return head.in_(language) + (" while " if language == "en" else "，").join(said)


def _went(rows: Sequence[Row], verb: Text, names: dict[int, str], language: Language) -> str:
    if not rows:
        return ""
    if len(rows) > FEW:
        name = shortened_to(names[id(rows[0])], 50)
        more = len(rows) - 1
        return Text(f"{name} and {more} others {verb.en}", f"{name}等 {len(rows)} 项{verb.zh}").in_(language)
    named = listing([shortened_to(names[id(row)], 50) for row in rows], language)
    return Text(f"{named} {verb.en}", f"{named}{verb.zh}").in_(language)


def _next_step(clear: dict[str, list[Row]], names: dict[int, str], language: Language) -> NextStep:
    falling, rising = clear["falling"], clear["rising"]
    check = Text(
        "The same questions in the next period: does the line bend?", "下一期沿用相同题目，看趋势是否扭转。"
    ).in_(language)
    if falling:
        listed = listing([shortened_to(names[id(row)], 50) for row in falling[:FEW]], language)
        return NextStep(
            Text(f"Whoever answers for {listed}", f"{listed}的负责人").in_(language),
            Text(
                "Go through the years: what was cut, outsourced or left to wear, and what would turn it.",
                "逐年回顾：哪些被削减、外包或任其老化，又有什么能使其回升。",
            ).in_(language),
            check,
        )
    if rising:
        listed = listing([shortened_to(names[id(row)], 50) for row in rising[:FEW]], language)
        return NextStep(
            Text(f"Whoever answers for {listed}", f"{listed}的负责人").in_(language),
            Text(
                "Write down what was done there, so that it is kept and can be repeated elsewhere.",
                "记下所做的改进，以便保持并推广到别处。",
            ).in_(language),
            check,
        )
    return NextStep(
        Text("The owner of the survey", "调查负责人").in_(language),
        Text(
            "Keep the core questions word for word, so that a slow change can show.",
            "核心题目逐字沿用，缓慢的变化才能显现。",
        ).in_(language),
        check,
    )


RATING = Drifts(rows_of.RATING)
CSAT = Drifts(rows_of.CSAT)
CES = Drifts(rows_of.CES)
NPS = Drifts(rows_of.NPS)
