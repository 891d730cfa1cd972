"""Importance against performance: where to look first, and how sure that order is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import LANGUAGES, Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.driver_words import (
    not_cause,
    outcome_name,
    outcomes,
    owners_of,
    part_name,
    part_names,
    quoted,
    sentences,
    together,
)
from peakend.report.charts.numbered_map import Spot, numbered_map
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, level, number, percent, share_interval

if TYPE_CHECKING:
    from peakend.report.charts.driver_words import Row
    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

TABLE = "priorities"
FEW = 3


@dataclass(frozen=True, slots=True)
class _View:
    """The parts of one overall question, most in need first."""

    parts: list[Row]

    @property
    def first(self) -> list[Row]:
        return [row for row in self.parts if row["first"]]

    @property
    def certain(self) -> list[Row]:
        """Parts that matter more and do worse than most, beyond chance."""
        return [row for row in self.parts if row["quadrant"] == "fix_first" and row["sure"]]


class Priorities:
    """The map of the overall question that is nearest to the parts."""

    needs = (TABLE,)
    by_programme = True

    def _view(self, basis: Basis) -> _View | None:
        for rows in outcomes(basis[TABLE].to_pylist()):
            chance = rows[0]["r2_p"]
            if chance is not None and chance <= basis.settings.alpha:
                return _View(sorted(rows, key=lambda row: row["rank"]))
        return None

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        view = self._view(basis)
        if view is None:
            return None
        return Finding(
            headline=_headline(view, language),
            lede=_lede(view, language),
            figures=_figures(view, basis, language),
            reading=_reading(basis, language),
            caution=sentences((not_cause(language), together(view.parts[0], language)), language),
            next_step=_next_step(view, basis, language),
            weight=70 if len(view.first) < len(view.parts) else 15,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        view = self._view(basis)
        if view is None:
            return None
        spots = [_spot(row, view, language) for row in view.parts]
        cut = view.parts[0]["performance_cut"], 100 * view.parts[0]["importance_cut"]
        return numbered_map(
            spots,
            cut,
            width,
            language,
            across=Text("performance, 0 to 100", "表现（0 至 100）"),
            up=Text("importance, % of what the parts explain", "重要性（占可解释部分的 %）"),
            corners=(
                Text("fix first", "优先改进"),
                Text("keep up", "保持"),
                Text("watch", "留意"),
                Text("no hurry", "暂缓"),
            ),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        view = self._view(basis)
        return TABLE, pa.Table.from_pylist(view.parts if view else [], schema=basis[TABLE].schema)


PRIORITIES = Priorities()


def _spot(row: Row, view: _View, language: Language) -> Spot:
    low, high = row["rank_low"], row["rank_high"]
    places = Text(
        f"place {low}" if low == high else f"places {low} to {high}",
        f"第 {low} 位" if low == high else f"第 {low} 至 {high} 位",
    )
    urgent = row["first"] and row["quadrant"] == "fix_first" and len(view.first) < len(view.parts)
    return Spot(
        row["rank"],
        part_name(row, language),
        row["performance"],
        100 * row["importance"],
        places.in_(language),
        urgent,
    )


def _headline(view: _View, language: Language) -> str:
    first, count = view.first, len(view.parts)
    if len(first) == count:
        return Text("Where to look first cannot be told yet", "目前尚不能断定应先改进哪一项").in_(language)
    if len(first) <= FEW:
        names = part_names(first, language)
        return Text(f"Look at {names} first", f"应先看{names}").in_(language)
    name = quoted(part_name(first[0], language, 40))
    return Text(
        f"Look at {name} first; {len(first) - 1} others may be as pressing",
        f"应先看{name}；另有 {len(first) - 1} 项可能同样迫切",
    ).in_(language)


def _lede(view: _View, language: Language) -> str:
    top = view.parts[0]
    name, whole = quoted(part_name(top, language, 40)), outcome_name(top, language)
    told = Text(
        f"{name} scores {number(top['performance'], 0)} of 100 and has "
        f"{percent(top['importance'], 'en', 1)} of what the parts have to do with {whole}; an average part "
        f"scores {number(top['performance_cut'], 0)} and has {percent(top['importance_cut'], 'en', 1)}.",
        f"{name}得 {number(top['performance'], 0)} 分（满分 100），"
        f"在各部分与{whole}的关联中占 {percent(top['importance'], 'zh', 1)}；各部分平均得 "
        f"{number(top['performance_cut'], 0)} 分，占 {percent(top['importance_cut'], 'zh', 1)}。",
    )
    head = rows_of.opening(top, told, language)
    certain = view.certain
    names = {each: part_names(certain, each, 5) for each in LANGUAGES}
    if not certain:
        tail = Text(
            "No part is both more important and worse than average beyond chance.",
            "没有哪一项既更重要又更差，且能排除偶然。",
        )
    elif len(certain) == 1:
        tail = Text(
            f"Only {names['en']} is more important and worse than average beyond chance.",
            f"能排除偶然、既更重要又更差的只有{names['zh']}。",
        )
    else:
        tail = Text(
            f"More important and worse than average beyond chance: {names['en']}.",
            f"能排除偶然、既更重要又更差的有{names['zh']}。",
        )
    return sentences((head, tail.in_(language)), language)


def _figures(view: _View, basis: Basis, language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    top = view.parts[0]
    ends = interval(top["performance_low"], top["performance_high"], language, 1)
    share = share_interval(top["importance_low"], top["importance_high"], language)
    urgent = len(view.first) < len(view.parts)
    tone = "act" if urgent and top["quadrant"] == "fix_first" else "plain"
    name = part_name(top, language, 40)
    return (
        Figure(
            Text(f"{name}: performance", f"{name}：表现").in_(language),
            number(top["performance"], 1),
            f"{named} {ends} · n = {number(top['n'])}",
            "act" if tone == "act" else "plain",
        ),
        Figure(
            Text(f"{name}: importance", f"{name}：重要性").in_(language),
            percent(top["importance"], language, 1),
            f"{named} {share}",
        ),
        Figure(
            Text("May come first", "可能居首").in_(language),
            number(len(view.first)),
            Text(f"of {len(view.parts)} parts", f"共 {len(view.parts)} 项").in_(language),
        ),
    )


def _reading(basis: Basis, language: Language) -> str:
    confidence = f"{basis.settings.confidence * 100:g}"
    return Text(
        "Right is better rated, up has more to do with the whole; the dashed lines are the averages. Numbers "
        "are places by need, which is importance × points still to be had. Behind each name stand the places "
        f"it can hold ({confidence} %, all together).",
        "越靠右得分越高，越靠上与总体评分关联越大；虚线为平均。编号为改进需要的名次（重要性 × "
        "尚可争取的分数），"
        f"名称之后为其可能的名次（{confidence}%，各项同时成立）。",
    ).in_(language)


def _next_step(view: _View, basis: Basis, language: Language) -> NextStep:
    undecided = len(view.first) == len(view.parts)
    targets = view.first[:1] if undecided else (view.certain or view.first)[:FEW]
    names = part_names(targets, language)
    return NextStep(
        who=owners_of(targets, basis, language),
        what=Text(
            f"Read what customers say about {names}, and try one change at a time, at some places only.",
            f"阅读客户对{names}的留言，每次只试一处改动，并只在部分地点进行。",
        ).in_(language),
        check=Text(
            "Where it was tried, the part's score and the whole rise more than elsewhere.",
            "试行之处，该项得分与总体评分的升幅大于其他地方。",
        ).in_(language),
    )
