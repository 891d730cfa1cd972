"""What metrics can bear: which hold still when asked again, and which may be targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import interval, level, listing, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Row
    from peakend.report.draw import Spec
    from peakend.report.finding import Tone


FEW = 3


class Stability:
    """Which metrics hold still when asked again, and which may be targets."""

    needs = ("metric_registry",)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        """Every question once, as the programme asked it that has most answers."""
        every = sorted(
            basis["metric_registry"].to_pylist(),
            key=lambda row: (row["question_id"], -(row["n"] or 0), row["programme"] or ""),
        )
        rows: list[Row] = list({row["question_id"]: row for row in reversed(every)}.values())
        return sorted(
            rows, key=lambda row: (row["reliability"] is None, -(row["reliability"] or 0), row["question_id"])
        )

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not rows:
            return None
        tested = [row for row in rows if row["stability"] != "not_retested"]
        unstable = [row for row in tested if row["stability"] == "unstable"]
        short = [
            row
            for row in rows
            if row["usable"] and row["minimum_n"] is not None and row["n"] < row["minimum_n"]
        ]
        return Finding(
            headline=_headline(rows, tested, unstable, language),
            lede=_lede(rows, short, language),
            figures=tuple(_figure(row, basis, language) for row in [*unstable, *tested][:FEW]),
            reading=Text(
                "Agreement of two answers of the same person about the same thing within 30 days; 1 is "
                "perfect, below 0.7 is too unsteady to judge people by. Lines are "
                f"{level(basis.settings.confidence, 'en')} intervals.",
                "同一人 30 天内就同一件事两次作答的一致性；1 为完全一致，低于 0.7 则不宜用于考核。"
                f"线段为{level(basis.settings.confidence, 'zh')}。",
            ).in_(language),
            caution=Text(
                "A steady metric need not measure the right thing.", "稳定的指标未必衡量了对的东西。"
            ).in_(language),
            next_step=_next_step(tested, unstable, language),
            weight=30 if unstable else 4,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = [row for row in self._rows(basis) if row["reliability"] is not None]
        if not rows:
            return None
        tones: dict[str, Tone] = {"unstable": "act"}
        words = {"unstable": Text("unstable", "不稳定"), "stable": Text("stable", "稳定")}
        drawn = [
            Dot(
                _name(row, language),
                row["reliability"],
                row["reliability_low"],
                row["reliability_high"],
                base=number(row["retested"]),
                tone=tones.get(row["stability"], "plain"),
                word=words[row["stability"]].in_(language) if row["stability"] in words else "",
            )
            for row in rows[:30]
        ]
        return dots(
            drawn, width, language, decimals=2, limits=(-1, 1), base_title=Text("asked twice", "重测人数")
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return "metric_registry", pa.Table.from_pylist(
            [dict(row) for row in self._rows(basis)], schema=basis["metric_registry"].schema
        )


STABILITY = Stability()


def _name(row: Row, language: Language) -> str:
    both = (row["label_zh"], row["label_en"]) if language == "zh" else (row["label_en"], row["label_zh"])
    return str(both[0] or both[1] or row["question_id"])


def _headline(rows: Sequence[Row], tested: Sequence[Row], unstable: Sequence[Row], language: Language) -> str:
    if unstable:
        names = listing([shortened_to(_name(row, language), 40) for row in unstable[:FEW]], language)
        return Text(
            f"{names} {'does' if len(unstable) == 1 else 'do'} not hold still and cannot be a target",
            f"{names}并不稳定，不能作为目标",
        ).in_(language)
    if tested:
        return Text(
            f"No metric of the {len(tested)} that were asked twice is shown to be unstable",
            f"重测过的 {len(tested)} 项指标中，没有一项被证明不稳定",
        ).in_(language)
    return Text(
        f"How steady the {len(rows)} metrics are is not known: nobody was asked twice",
        f"{len(rows)} 项指标的稳定性未知：没有人被问过两次",
    ).in_(language)


def _lede(rows: Sequence[Row], short: Sequence[Row], language: Language) -> str:
    usable = sum(bool(row["usable"]) for row in rows)
    sentences = [
        Text(
            f"{usable} of {len(rows)} metrics may be targets: they are defined, have answers, and are not "
            "shown to be unstable.",
            f"{len(rows)} 项指标中有 {usable} 项可作为目标：定义明确、有答案，且未被证明不稳定。",
        ).in_(language)
    ]
    if short:
        all_of = len(short) == usable
        sentences.append(
            Text(
                f"{'All' if all_of else len(short)} of these have fewer answers than a target needs for an "
                "interval of ±5 NPS points, ±5 percentage points or ±2.5 % of the scale.",
                f"{'但这些' if all_of else f'其中 {len(short)} 项'}的答案数尚不足以使区间收窄到"
                "净推荐值 ±5 分、占比 ±5 个百分点或量表 ±2.5%。",
            ).in_(language)
        )
    return ("" if language == "zh" else " ").join(sentences)


def _figure(row: Row, basis: Basis, language: Language) -> Figure:
    named = level(basis.settings.confidence, language)
    ends = interval(row["reliability_low"], row["reliability_high"], language, 2)
    return Figure(
        _name(row, language),
        number(row["reliability"], 2),
        f"{named} {ends} · n = {number(row['retested'])}",
        "act" if row["stability"] == "unstable" else "plain",
    )


def _next_step(tested: Sequence[Row], unstable: Sequence[Row], language: Language) -> NextStep:
    who = Text("The owner of the survey", "调查负责人").in_(language)
    if unstable:
        what = Text("Take it out of every target, and reword it.", "将其移出一切考核目标，并改写题面。")
    elif tested:
        what = Text("Keep asking a few people twice each year.", "每年继续请少数人回答两次。")
    else:
        what = Text(
            "Ask some fifty people the same questions again within two weeks.",
            "两周内请约五十人再次回答同样的题目。",
        )
    check = Text("The agreement of both answers, with its interval.", "两次回答的一致性及其区间。").in_(
        language
    )
    return NextStep(who, what.in_(language), check)
