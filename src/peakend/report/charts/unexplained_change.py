"""From last period to this: what each part accounts for, and what none of them does, set apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.bridge import Step, bridge
from peakend.report.finding import Figure, Finding, NextStep, Tone
from peakend.report.lettering import shortened_to
from peakend.report.numbers import interval, level, number, period, signed

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

Row = dict[str, Any]
TABLE = "unexplained_change"
MOST_PARTS = 7
SMALL = 0.05
"""Below it two decimals would show bars of different length as the same number."""


@dataclass(frozen=True, slots=True)
class _View:
    """The last comparison of the main question: the change, its parts (largest first), the unexplained; and
    how
    many comparisons there were, how many with something unexplained."""

    change: Row
    parts: list[Row]
    rest: Row
    compared: int
    unexplained: int


class UnexplainedChange:
    """The last comparison as a bridge."""

    needs = (TABLE,)
    by_programme = True

    def _view(self, basis: Basis) -> _View | None:
        rows = [row for row in basis[TABLE].to_pylist() if not row["hidden"] and row["value"] is not None]
        rests = [row for row in rows if row["kind"] == "unexplained"]
        counts: dict[str, int] = {}
        for row in rests:
            counts[row["question_id"]] = counts.get(row["question_id"], 0) + row["n"]
        key = max(counts, key=lambda one: (counts[one], one), default=None)
        own = [row for row in rests if row["question_id"] == key]
        if not own:
            return None
        last = own[-1]
        same = [row for row in rows if row["question_id"] == key and row["period"] == last["period"]]
        parts = sorted(
            (row for row in same if row["kind"] == "part"),
            key=lambda row: (-abs(row["value"]), row["part_id"]),
        )
        change = next(row for row in same if row["kind"] == "change")
        odd = sum(row["verdict"] in ("better", "worse") for row in own)
        return _View(change, parts, last, len(own), odd)

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        view = self._view(basis)
        if view is None:
            return None
        return Finding(
            headline=_headline(view, language),
            lede=_lede(view, language),
            figures=_figures(view, basis, language),
            reading=Text(
                "Each bar starts where the one above it ends: how far the part's mean moved, times what a "
                "point of "
                "it goes with in the total. The bar set apart is what no part accounts for, with its "
                "interval.",
                "每条横条从上一条的终点开始：分项均值的变动乘以该分项每一分对应的总分。"
                "单独列出的一条是任何分项都未能"
                "解释的部分，附区间。",
            ).in_(language),
            caution=Text(
                "Parts go with the total; that does not prove that moving one moves the other. The "
                "unexplained part "
                "is never shared out between the parts.",
                "分项与总分相关，并不证明改动其一便会改动其二。未能解释的部分绝不摊派给各分项。",
            ).in_(language),
            next_step=_next_step(view, language),
            weight=58 if view.rest["verdict"] == "worse" else 30 if view.rest["verdict"] == "better" else 11,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        view = self._view(basis)
        if view is None:
            return None
        shown, others = view.parts[:MOST_PARTS], view.parts[MOST_PARTS:]
        steps = [Step(_label(row, language), row["value"], "brand") for row in shown]
        if others:
            words = Text(f"{len(others)} other parts together", f"其余 {len(others)} 个分项合计").in_(
                language
            )
            steps.append(Step(words, sum(row["value"] for row in others), "brand"))
        rest = view.rest
        odd: Tone = "act" if rest["verdict"] in ("better", "worse") else "plain"
        steps.append(
            Step(
                Text("No part accounts for it", "任何分项都未能解释").in_(language),
                rest["value"],
                "detractor" if odd == "act" else "passive",
                rest["low"],
                rest["high"],
                apart=True,
            )
        )
        whole = Text(
            f"Change since {period(rest['previous_period'], 'en')}",
            f"自{period(rest['previous_period'], 'zh')}以来的变化",
        ).in_(language)
        small = max(abs(step.value) for step in steps) < SMALL
        return bridge(steps, whole, view.change["value"], width, 3 if small else 2)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        view = self._view(basis)
        rows = [] if view is None else [view.change, *view.parts, view.rest]
        return TABLE, pa.Table.from_pylist(rows, schema=basis[TABLE].schema)


UNEXPLAINED_CHANGE = UnexplainedChange()


def _label(row: Row, language: Language) -> str:
    return shortened_to(str(row[f"part_{language}"] or row["part_en"] or row["part_id"]), 60)


def _whole(view: _View, language: Language) -> str:
    return str(view.rest[f"label_{language}"] or view.rest["question_id"])


def _headline(view: _View, language: Language) -> str:
    value = view.rest["value"]
    before = period(view.rest["previous_period"], language)
    name = _whole(view, language)
    if view.rest["verdict"] in ("better", "worse"):
        moved = signed(value, 2)
        return Text(
            f"{moved} points of the change in “{name}” since {before} are explained by nothing that was "
            f"asked",
            f"“{name}”自{before}以来的变化中，有 {moved} 分是所问题目都解释不了的",
        ).in_(language)
    return Text(
        f"Beside its parts nothing moved “{name}” since {before} that chance does not explain",
        f"“{name}”自{before}以来，分项之外并无超出偶然的变化",
    ).in_(language)


def _lede(view: _View, language: Language) -> str:
    change, rest = view.change, view.rest
    explained = change["value"] - rest["value"]
    certain = change["verdict"] in ("better", "worse")
    sentences = [
        Text(
            f"The mean moved by {signed(change['value'], 2)}"
            f"{'' if certain else ', no more than chance explains'}: {signed(explained, 2)} with the parts, "
            f"{signed(rest['value'], 2)} without them.",
            f"均值变动 {signed(change['value'], 2)}{'' if certain else '，未超出偶然'}：其中 "
            f"{signed(explained, 2)} 随分项而动，{signed(rest['value'], 2)} 与分项无关。",
        ).in_(language)
    ]
    if view.parts:
        first = view.parts[0]
        sentences.append(
            Text(
                f"The largest step goes with {_label(first, 'en')} ({signed(first['value'], 2)}).",
                f"最大的一步与“{_label(first, 'zh')}”相关（{signed(first['value'], 2)}）。",
            ).in_(language)
        )
    if view.compared > 1 and not view.unexplained:
        sentences.append(
            Text(
                f"In none of the {view.compared} comparisons of this programme is more than chance left "
                f"unexplained.",
                f"该系列的 {view.compared} 次比较中，未能解释的部分均未超出偶然。",
            ).in_(language)
        )
    return ("" if language == "zh" else " ").join(sentences)


def _figures(view: _View, basis: Basis, language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    change, rest = view.change, view.rest
    bases = f"n = {number(change['n_previous'])} → {number(change['n'])}"
    odd: Tone = "act" if rest["verdict"] == "worse" else "plain"
    return (
        Figure(
            Text("Change of the total", "总分变化").in_(language),
            signed(change["value"], 2),
            f"{named} {interval(change['low'], change['high'], language, 2)} · {bases}",
        ),
        Figure(
            Text("Not explained", "未能解释").in_(language),
            signed(rest["value"], 2),
            f"{named} {interval(rest['low'], rest['high'], language, 2)}",
            odd,
        ),
    )


def _next_step(view: _View, language: Language) -> NextStep:
    if view.rest["verdict"] in ("better", "worse"):
        return NextStep(
            who=Text("The owner of the survey", "调查负责人").in_(language),
            what=Text(
                "Ask operations what changed in that time that no question covers, and add one question "
                "about it.",
                "向运营部门了解这段时间内有哪些题目未涉及的变化，并为此增加一道题。",
            ).in_(language),
            check=Text(
                "With that question the next unexplained change includes zero.",
                "加入该题后，下一期未能解释的变化区间包含零。",
            ).in_(language),
        )
    return NextStep(
        who=Text("The owner of the survey", "调查负责人").in_(language),
        what=Text(
            "What moves from one period to the next, the parts account for: work on those that moved.",
            "各期之间的变动，各分项足以说明：请着手改进变动的分项。",
        ).in_(language),
        check=Text("The unexplained part stays around zero.", "未能解释的部分保持在零附近。").in_(language),
    )
