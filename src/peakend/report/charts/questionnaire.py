"""The questionnaire itself: does it ask what customers feel, and can its series be compared over time?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.finding import Figure, Finding, NextStep, Tone
from peakend.report.lettering import shortened_to
from peakend.report.numbers import listing, number, percent, period

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Row
    from peakend.report.draw import Spec

DIMENSIONS = "questionnaire_dimensions"
ITEMS = "questionnaire_items"
FEW = 4
REASONS = {
    "wording_changed": Text("its wording changed", "措辞改了"),
    "scale_changed": Text("its scale changed", "量表改了"),
    "levels_changed": Text("other scores are used than before", "所用分值与以前不同"),
    "scale_turned": Text("its scale seems turned over", "量表方向似乎反转"),
}


@dataclass(frozen=True, slots=True)
class _View:
    whole: Row
    listed: list[Row]
    items: list[Row]

    @property
    def missing(self) -> list[Row]:
        """Emotional dimensions that no question is about."""
        return [row for row in self.listed if row["nature"] == "emotional" and not row["covered"]]

    @property
    def broken(self) -> list[Row]:
        return [row for row in self.items if row["series"] == "broken"]

    @property
    def core(self) -> list[Row]:
        return [row for row in self.items if row["core"] and row["series"] == "unbroken"]

    @property
    def periods(self) -> int:
        return max((row["periods"] for row in self.items), default=0)


class Questionnaire:
    """Questions by what they are about, emotional dimensions first."""

    needs = (DIMENSIONS, ITEMS)
    by_programme = True

    def _view(self, basis: Basis) -> _View | None:
        rows = basis[DIMENSIONS].to_pylist()
        whole = next((row for row in rows if row["kind"] == "all"), None)
        if whole is None or not whole["items"]:
            return None
        listed = [row for row in rows if row["kind"] == "listed"]
        order = sorted(
            listed, key=lambda row: (row["nature"] != "emotional", -row["items"], row["dimension"])
        )
        return _View(whole, order, basis[ITEMS].to_pylist())

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        view = self._view(basis)
        if view is None:
            return None
        return Finding(
            headline=_headline(view, language),
            lede=_lede(view, language),
            figures=_figures(view, language),
            reading=Text(
                "Questions of the latest period by what their words speak of: ten kinds of feeling and the "
                "five classic dimensions of service. Questions about the whole are left out, and some speak "
                "of none of these.",
                "最近一期题目按措辞所涉归类：十种感受与五个经典服务维度。总体题不计入，部分题不属于任何一类。",
            ).in_(language),
            caution=Text(
                "Read from a list of words, which can be wrong: state a question's nature where it is. The "
                "warehouse knows of a wording only what loads brought: a change before the first load is "
                "not seen.",
                "依据词表判断，可能有误；若有误，请为该题注明性质。"
                "措辞的变化只能从历次载入得知，首次载入之前的改动无从发现。",
            ).in_(language),
            next_step=_next_step(view, language),
            weight=40 if view.broken else 22,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        view = self._view(basis)
        if view is None:
            return None
        rows = [
            BarRow(
                str(row["label_zh"] if language == "zh" else row["label_en"]),
                (
                    Bar(
                        ((float(row["items"]), "promoter" if row["nature"] == "emotional" else "brand"),),
                        number(row["items"]) if row["items"] else Text("none", "无").in_(language),
                    ),
                ),
            )
            for row in view.listed
        ]
        legend = (
            (Text("feelings", "感受"), "promoter"),
            (Text("functions of service", "服务功能"), "brand"),
        )
        return bars(rows, (Column(Text("–", "–"), legend),), width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        view = self._view(basis)
        rows = [] if view is None else [view.whole, *view.listed]
        return DIMENSIONS, pa.Table.from_pylist([dict(row) for row in rows], schema=basis[DIMENSIONS].schema)


QUESTIONNAIRE = Questionnaire()


def _names(rows: list[Row], language: Language) -> str:
    shown = [str(row["label_zh"] if language == "zh" else row["label_en"]) for row in rows[:FEW]]
    return listing([shortened_to(name, 60) for name in shown], language)


def _headline(view: _View, language: Language) -> str:
    emotional, items = view.whole["emotional"], view.whole["items"]
    if view.broken:
        count = len(view.broken)
        return Text(
            f"{count} question{'s' if count > 1 else ''} can no longer be compared with earlier periods",
            f"{count} 道题已无法与以前各期比较",
        ).in_(language)
    if not emotional:
        return Text(
            f"None of the {items} questions asks what customers feel", f"{items} 道题没有一道询问客户的感受"
        ).in_(language)
    return Text(
        f"{emotional} of {items} questions ask{'s' if emotional == 1 else ''} what customers feel",
        f"{items} 道题中有 {emotional} 道询问客户的感受",
    ).in_(language)


def _lede(view: _View, language: Language) -> str:
    sentences = []
    if view.broken:
        told = [
            Text(
                f"{shortened_to(row['label_en'], 60)} (in {period(row['broken_in'], 'en')} "
                f"{REASONS[row['broken_by']].en})",
                f"{shortened_to(row['label_zh'], 60)}（{period(row['broken_in'], 'zh')}"
                f"{REASONS[row['broken_by']].zh}）",
            )
            for row in view.broken[:FEW]
        ]
        sentences.append(
            Text(
                f"Compare only from there on: {listing([one.en for one in told], 'en')}.",
                f"此后方可相互比较：{listing([one.zh for one in told], 'zh')}。",
            )
        )
    if view.missing:
        names = Text(*(_names(view.missing, language) for language in ("en", "zh")))
        more = len(view.missing) - FEW
        sentences.append(
            Text(
                f"Nothing is asked about {names.en}"
                f"{f' and {more} other kinds of feeling' if more > 0 else ''}; "
                "what moves people most may be what no score shows.",
                f"未问及{names.zh}{f'等 {len(view.missing)} 种感受' if more > 0 else ''}；"
                "最打动人的，也许正是分数里看不到的。",
            )
        )
    if view.periods > 1:
        sentences.append(
            Text(
                f"{len(view.core)} of {len(view.items)} scored questions were asked in all {view.periods} "
                "periods and show no sign of a changed scale.",
                f"{len(view.items)} 道评分题中有 {len(view.core)} 道在全部 {view.periods} 期都问过，"
                "且无量表改变的迹象。",
            )
        )
    return ("" if language == "zh" else " ").join(sentence.in_(language) for sentence in sentences)


def _figures(view: _View, language: Language) -> tuple[Figure, ...]:
    whole = view.whole
    tone: Tone = "plain" if whole["emotional"] else "act"
    found = [
        Figure(
            Text("Questions about feelings", "询问感受的题目").in_(language),
            percent(whole["emotional_share"], language),
            Text(
                f"{whole['emotional']} of {whole['items']} questions",
                f"{whole['items']} 题中 {whole['emotional']} 题",
            ).in_(language),
            tone,
        )
    ]
    if view.periods > 1:
        found.append(
            Figure(
                Text("Comparable from first to last", "自始至终可比").in_(language),
                number(len(view.core)),
                Text(
                    f"of {len(view.items)} questions, over {view.periods} periods",
                    f"共 {len(view.items)} 题，跨 {view.periods} 期",
                ).in_(language),
            )
        )
        found.append(
            Figure(
                Text("Series that broke", "断裂的序列").in_(language),
                number(len(view.broken)),
                Text("wording or scale changed", "措辞或量表有变").in_(language),
                "act" if view.broken else "plain",
            )
        )
    return tuple(found)


def _next_step(view: _View, language: Language) -> NextStep:
    owner = Text("The owner of the survey", "调查负责人").in_(language)
    if view.broken:
        what = Text(
            "Say whether wording or scale was changed on purpose; then start a new series under a new key.",
            "确认措辞或量表是否有意更改；若是，请用新编号另起序列。",
        )
        check = Text("The next period shows no broken series.", "下一期不再出现断裂的序列。")
    else:
        wanted = view.missing[:2] or view.listed[:1]
        names = Text(*(_names(wanted, language) for language in ("en", "zh")))
        what = Text(
            f"Ask one question more, on {names.en}, of a random part of respondents, and leave the others as "
            "they are.",
            f"随机抽取部分应答者，加问一题（关于{names.zh}），其余题目保持不变。",
        )
        check = Text(
            "Whether it explains the overall score beyond the questions that are there.",
            "看它能否在现有题目之外解释总体评分。",
        )
    return NextStep(who=owner, what=what.in_(language), check=check.in_(language))
