"""What goes with satisfaction when the rest is equal: each dimension's index, and what rises with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import capitalised, interval, level, listing, number, percent, signed
from peakend.report.standing import Standing, standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Row
    from peakend.report.draw import Spec

EFFECTS, INDEX = "structural_effects", "structural_index"
FEW = 3
MUCH_SKIPPED = 0.4


@dataclass(frozen=True, slots=True)
class _View:
    """The last period with a model: effects on satisfaction, strongest first; the one on loyalty; indices."""

    period: str
    effects: list[Row]
    onward: Row | None
    index: Mapping[str, Row]
    standing: Standing

    @property
    def clear(self) -> list[Row]:
        return [row for row in self.effects if row["verdict"] != "cannot_tell"]

    @property
    def strongest(self) -> list[Row]:
        """Those that clearly lead the others; effects are sorted, so they come first."""
        return [self.effects[place] for place in sorted(self.standing.highest)]


class Structure:
    """Rows: dimensions by what goes with ten points more of them."""

    needs = (EFFECTS, INDEX)
    by_programme = True

    def _view(self, basis: Basis) -> _View | None:
        rows: list[Row] = basis[EFFECTS].to_pylist()
        order = rows_of.period_order(rows)
        if not order:
            return None
        last = order[-1]
        of_period = rows_of.of_period(rows, last)
        effects = [row for row in of_period if row["outcome"] == "satisfaction" and row["rise"] is not None]
        if not effects:
            return None
        effects.sort(key=lambda row: (-row["rise"], row["cause"]))
        onward = next((r for r in of_period if r["cause"] == "satisfaction" and r["rise"] is not None), None)
        index = {row["block"]: row for row in rows_of.of_period(basis[INDEX].to_pylist(), last)}
        apart = standing(
            [(row["rise"], row["rise_low"], row["rise_high"]) for row in effects],
            confidence=basis.settings.confidence,
        )
        return _View(last, effects, onward, index, apart)

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        view = self._view(basis)
        if view is None:
            return None
        return Finding(
            headline=_headline(view, language),
            lede=_lede(view, language),
            figures=_figures(view, basis, language),
            reading=_reading(basis, language),
            caution=_caution(view, language),
            next_step=_next_step(view, language),
            weight=38 if view.clear else 12,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        view = self._view(basis)
        if view is None:
            return None
        drawn = [_dot(view, row, language) for row in view.effects]
        if view.onward is not None:
            with_satisfaction = Text("Higher in satisfaction", "满意度相应高出")
            with_loyalty = Text("Higher in recommendation", "推荐意愿相应高出")
            drawn = [
                Dot(with_satisfaction.in_(language), heading=True),
                *drawn,
                Dot(with_loyalty.in_(language), heading=True),
                _dot(view, view.onward, language),
            ]
        return dots(drawn, width, language, decimals=1, base_title=Text("answers", "应答数"))

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        view = self._view(basis)
        rows = [*view.effects, *([view.onward] if view.onward else [])] if view else []
        return EFFECTS, pa.Table.from_pylist([dict(row) for row in rows], schema=basis[EFFECTS].schema)


STRUCTURE = Structure()


def _dot(view: _View, row: Row, language: Language) -> Dot:
    """A row of the chart; the label has the index."""
    index = view.index.get(row["cause"])
    label = _cause(row, language)
    if index is not None and index["index"] is not None:
        label = f"{label} · {number(index['index'])}"
    word = Text("cannot tell", "尚不能断定").in_(language) if row["verdict"] == "cannot_tell" else ""
    base = number(index["n"]) if index is not None else number(row["n"])
    return Dot(label, row["rise"], row["rise_low"], row["rise_high"], base, "plain", word)


def _cause(row: Row, language: Language) -> str:
    return shortened_to(str(row[f"cause_{language}"] or row["cause_en"] or row["cause"]), 60)


def _names(rows: Sequence[Row], language: Language) -> str:
    return listing([_cause(row, language) for row in rows], language)


def _headline(view: _View, language: Language) -> str:
    count, clear, first = len(view.effects), view.clear, view.strongest
    if not clear:
        return Text(
            "No dimension clearly goes with satisfaction when the others are equal",
            "在其他维度相同时，没有哪个维度与满意度有明显关联",
        ).in_(language)
    if first and len(first) <= FEW and all(row in clear for row in first):
        verb = "goes" if len(first) == 1 else "go"
        return Text(
            f"{_names(first, 'en')} {verb} with satisfaction more than anything else asked",
            f"在所问各方面中，{_names(first, 'zh')}与满意度的关联最强",
        ).in_(language)
    if len(clear) <= FEW:
        verb = "goes" if len(clear) == 1 else "go"
        return Text(
            f"Only {_names(clear, 'en')} clearly {verb} with satisfaction"
            if len(clear) < count
            else f"{_names(clear, 'en')} {verb} with satisfaction",
            f"{'只有' if len(clear) < count else ''}{_names(clear, 'zh')}与满意度有明显关联",
        ).in_(language)
    every = len(clear) == count
    some = f"All {count}" if every else f"{len(clear)} of {count}"
    some_zh = f"{count} 个维度都" if every else f"{count} 个维度中有 {len(clear)} 个"
    return Text(
        f"{some} dimensions go with satisfaction, and none clearly leads",
        f"{some_zh}与满意度有关联，没有哪个明显居首",
    ).in_(language)


def _lede(view: _View, language: Language) -> str:
    when = rows_of.when(view.period, language)
    top, whole = view.effects[0], view.index.get("satisfaction")
    sentences = []
    if whole is not None and whole["index"] is not None:
        value = number(whole["index"], 1)
        sentences.append(
            Text(
                capitalised(f"{f'in {when}, ' if when else ''}satisfaction stands at {value} of 100."),
                f"{when}满意度指数为 {value}（满分 100）。",
            ).in_(language)
        )
    if top["verdict"] != "cannot_tell":
        rise, more = number(abs(top["rise"]), 1), top["rise"] > 0
        sentences.append(
            Text(
                f"Where {_cause(top, 'en')} is judged 10 points higher and the rest alike, satisfaction is "
                f"{rise} points {'higher' if more else 'lower'}.",
                f"在其余评价相同时，“{_cause(top, 'zh')}”每高 10 分，"
                f"满意度相应{'高' if more else '低'} {rise} 分。",
            ).in_(language)
        )
    if whole is not None and whole["r2"] is not None:
        sentences.append(
            Text(
                f"All dimensions together account for {percent(whole['r2'], 'en')} of the differences "
                "between customers.",
                f"各维度合起来能解释客户之间满意度差异的 {percent(whole['r2'], 'zh')}。",
            ).in_(language)
        )
    return ("" if language == "zh" else " ").join(sentences)


def _figures(view: _View, basis: Basis, language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    figures = []
    for key in ("satisfaction", "loyalty"):
        row = view.index.get(key)
        if row is None or row["index"] is None:
            continue
        ends = interval(row["index_low"], row["index_high"], language, 1)
        label = Text(f"{row['block_en']}, of 100", f"{row['block_zh']}（满分 100）").in_(language)
        note = f"{named} {ends} · n = {number(row['n'])}"
        figures.append(Figure(label, number(row["index"], 1), note))
    for row in view.clear[:1]:
        ends = interval(row["rise_low"], row["rise_high"], language, 1)
        label = Text(
            f"Satisfaction with 10 points more of {_cause(row, 'en')}",
            f"“{_cause(row, 'zh')}”每高 10 分时的满意度",
        ).in_(language)
        figures.append(Figure(label, signed(row["rise"], 1), f"{named} {ends} · n = {number(row['n'])}"))
    return tuple(figures)


def _reading(basis: Basis, language: Language) -> str:
    named = f"{basis.settings.confidence * 100:g}"
    return Text(
        "The number beside a name is its index, 0 (worst answers throughout) to 100 (best). The dot says how "
        "many points higher the outcome is where that index is 10 points higher and the others alike; the "
        f"line is the {named} % interval. “Cannot tell” holds after correction for looking at all of them.",
        "名称旁的数字为该维度的指数，0 为全部最差，100 为全部最好。圆点表示在其他维度相同时，"
        f"该指数每高 10 分，结果相应高出多少分；横线为 {named}% 区间。"
        "“尚不能断定”已计入同时查看多个维度的校正。",
    ).in_(language)


def _caution(view: _View, language: Language) -> str:
    sentences = [
        Text(
            "What goes with satisfaction need not cause it: a good mood lifts all answers of a person.",
            "与满意度相关联并不等于造成满意：心情好的人会把各题都打得高一些。",
        ).in_(language)
    ]
    skipped = [
        row
        for effect in view.effects
        if (row := view.index.get(effect["cause"])) is not None and (row["skipped"] or 0) > MUCH_SKIPPED
    ]
    if skipped:
        names = {
            lang: listing([shortened_to(str(row[f"block_{lang}"]), 60) for row in skipped], lang)
            for lang in ("en", "zh")
        }
        sentences.append(
            Text(
                f"Many could not judge {names['en']}: what is said of it rests on those who could.",
                f"许多人无法评价{names['zh']}：相关结论只依据能够评价的人。",
            ).in_(language)
        )
    return ("" if language == "zh" else " ").join(sentences)


def _next_step(view: _View, language: Language) -> NextStep | None:
    target = (view.strongest or view.clear)[:1]
    if not target:
        return None
    name = {"en": _cause(target[0], "en"), "zh": _cause(target[0], "zh")}
    return NextStep(
        who=Text(f"Whoever answers for {name['en']}", f"“{name['zh']}”的负责人").in_(language),
        what=Text(
            f"Change one thing in {name['en']} for part of the customers, chosen by lot, and leave the "
            "others as they are.",
            f"随机选出一部分客户，改变“{name['zh']}”中的一处做法，其余客户保持不变。",
        ).in_(language),
        check=Text(
            "Satisfaction among those who met the change against the others, in the same weeks.",
            "在同一时期比较遇到改变的客户与其他客户的满意度。",
        ).in_(language),
    )
