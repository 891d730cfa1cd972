"""How much of what goes from experience to loyalty goes by way of satisfaction, and how much passes it by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import interval, level, listing, number, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Row
    from peakend.report.draw import Spec

TABLE = "mediation"
LOYALTY, REVENUE = "loyalty", "revenue"
FEW = 3
OUTCOMES = {LOYALTY: Text("recommendation", "推荐意愿"), REVENUE: Text("revenue", "消费额")}
VERDICTS = {
    "full": Text("all by way of it, as far as can be told", "就所见全部经由满意"),
    "partial": Text("partly", "部分经由满意"),
    "competitive": Text("the two oppose", "方向相反"),
    "none": Text("not shown", "未见经由满意"),
}
PARTS = (
    ("indirect", "brand", Text("by way of satisfaction", "经由满意")),
    ("direct", "band", Text("besides satisfaction", "不经由满意")),
)


@dataclass(frozen=True, slots=True)
class _View:
    """One outcome: experience as a whole, and each dimension beside the others."""

    outcome: str
    whole: Row
    parts: list[Row]

    @property
    def past(self) -> list[Row]:
        """Dimensions with a clear part besides satisfaction, largest first."""
        clear = [row for row in self.parts if row["verdict"] in ("partial", "none") and _is_direct(row)]
        return sorted(clear, key=lambda row: (-row["direct"], row["experience"]))


class Mediation:
    """Bars: the two parts for experience as a whole and for each dimension."""

    needs = (TABLE,)
    by_programme = True

    def _view(self, basis: Basis) -> _View | None:
        rows: list[Row] = [row for row in basis[TABLE].to_pylist() if row["verdict"] is not None]
        for outcome in (LOYALTY, REVENUE):
            of_outcome = [row for row in rows if row["outcome"] == outcome]
            # Revenue is shown with what was spent before held equal, where that is known.
            whole = [row for row in of_outcome if row["experience"] == "all"][-1:]
            if whole:
                parts = [row for row in of_outcome if row["experience"] != "all"]
                parts.sort(key=lambda row: (-row["whole"], row["experience"]))
                return _View(outcome, whole[0], parts)
        return None

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        view = self._view(basis)
        if view is None:
            return None
        return Finding(
            headline=_headline(view, language),
            lede=_lede(view, language),
            figures=_figures(view, basis, language),
            reading=_reading(view, language),
            caution=Text(
                "This divides an association and proves no cause. One question measures satisfaction with "
                "error, and error moves part of its share to the other bar.",
                "这只是对关联的划分，并不证明因果。满意度由单题测得，带有误差，误差会把它的一部分划到另一侧。",
            ).in_(language),
            next_step=_next_step(view, language),
            weight=22,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        view = self._view(basis)
        if view is None:
            return None
        drawn = [
            BarRow(
                _name(row, language),
                (
                    Bar(
                        tuple((max(row[name] or 0.0, 0.0) * 10, token) for name, token, _ in PARTS),
                        VERDICTS[row["verdict"]].in_(language),
                    ),
                ),
                strong=row is view.whole,
            )
            for row in (view.whole, *view.parts)
        ]
        legend = tuple((words, token) for _, token, words in PARTS)
        return bars(drawn, (Column(Text("–", "–"), legend),), width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        view = self._view(basis)
        rows = [dict(row) for row in (view.whole, *view.parts)] if view else []
        return TABLE, pa.Table.from_pylist(rows, schema=basis[TABLE].schema)


MEDIATION = Mediation()


def _is_direct(row: Row) -> bool:
    """Whether the part besides satisfaction is clear: partial says so, and none only with its own p."""
    return bool(row["verdict"] == "partial" or (row["adjusted_direct_p"] or 1) <= 0.05) and row["direct"] > 0


def _name(row: Row, language: Language) -> str:
    return shortened_to(str(row[f"experience_{language}"] or row["experience_en"]), 60)


def _names(rows: Sequence[Row], language: Language) -> str:
    return listing([_name(row, language) for row in rows[:FEW]], language)


def _headline(view: _View, language: Language) -> str:
    outcome, verdict, past = OUTCOMES[view.outcome], view.whole["verdict"], view.past
    if verdict == "full":
        return Text(
            f"What goes from experience to {outcome.en} goes by way of satisfaction",
            f"体验与{outcome.zh}的关联，就所见全部经由满意",
        ).in_(language)
    if verdict == "partial" and past:
        verb = "goes" if len(past[:FEW]) == 1 else "go"
        return Text(
            f"{_names(past, 'en')} {verb} with {outcome.en} beyond what satisfaction says",
            f"{_names(past, 'zh')}与{outcome.zh}的关联超出了满意度所能反映的部分",
        ).in_(language)
    if verdict == "partial":
        return Text(
            f"Satisfaction carries part of what goes from experience to {outcome.en}",
            f"体验与{outcome.zh}的关联，部分经由满意",
        ).in_(language)
    return Text(
        f"Nothing shows that satisfaction stands between experience and {outcome.en}",
        f"未见满意在体验与{outcome.zh}之间起中介作用",
    ).in_(language)


def _lede(view: _View, language: Language) -> str:
    row, outcome = view.whole, OUTCOMES[view.outcome]
    when = rows_of.when(row, language)
    sentences = []
    if row["proportion"] is not None:
        share = percent(row["proportion"], language)
        sentences.append(
            Text(
                f"{f'In {when}, ' if when else ''}{share} of what goes from experience as a whole to "
                f"{outcome.en} goes by way of satisfaction; the rest goes besides it.",
                f"{when}总体体验与{outcome.zh}的关联中，{share}经由满意，其余不经由满意。",
            ).in_(language)
        )
    if view.past:
        sentences.append(
            Text(
                "A satisfaction score alone would miss that rest.",
                "只看满意度会漏掉其余部分。",
            ).in_(language)
        )
    return ("" if language == "zh" else " ").join(sentences)


def _figures(view: _View, basis: Basis, language: Language) -> tuple[Figure, ...]:
    named, row = level(basis.settings.confidence, language), view.whole
    unit = Text("points", "分").in_(language) if view.outcome == LOYALTY else str(row["unit"])
    figures = []
    for name, words in (
        ("indirect", Text("By way of satisfaction, per 10 points", "体验每高 10 分，经由满意")),
        ("direct", Text("Besides satisfaction, per 10 points", "体验每高 10 分，不经由满意")),
    ):
        three = [None if row[key] is None else row[key] * 10 for key in (name, f"{name}_low", f"{name}_high")]
        note = f"{named} {interval(three[1], three[2], language, 1)} · n = {number(row['n'])}"
        figures.append(Figure(words.in_(language), f"{number(three[0], 1)} {unit}", note))
    return tuple(figures)


def _reading(view: _View, language: Language) -> str:
    outcome = OUTCOMES[view.outcome]
    return Text(
        f"Each bar is what is higher in {outcome.en} where that index is 10 points higher, divided in two. A "
        "dimension is looked at with the others alike; a part below zero is drawn as none. The words are the "
        "verdict after correction for looking at all dimensions.",
        f"每条表示该指数每高 10 分时{outcome.zh}相应高出多少，并分为两部分。单个维度是在其他维度相同时比较；"
        "负的部分不画出。文字为计入多维度校正后的结论。",
    ).in_(language)


def _next_step(view: _View, language: Language) -> NextStep:
    outcome = OUTCOMES[view.outcome]
    watch = Text(_names(view.past, "en"), _names(view.past, "zh")) if view.past else None
    what = (
        Text(
            f"Keep {watch.en} on the board beside satisfaction: a steady score there can hide a fall.",
            f"在看板上把{watch.zh}与满意度并列：满意度平稳也可能掩盖其下滑。",
        )
        if watch
        else Text(
            f"Ask satisfaction with three questions instead of one, and look whether more of {outcome.en} "
            "goes by way of it.",
            f"把满意度由一题改为三题来问，看与{outcome.zh}的关联是否更多地经由满意。",
        )
    )
    return NextStep(
        who=Text("The owner of the survey", "调查负责人").in_(language),
        what=what.in_(language),
        check=Text("The next period divides in the same way.", "下一期的划分与本期一致。").in_(language),
    )
