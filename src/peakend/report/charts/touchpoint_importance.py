"""Often used and strongly felt: the map of touchpoints by frequency and emotional importance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import LANGUAGES, Language, Text
from peakend.report.charts.driver_words import quoted, sentences
from peakend.report.charts.numbered_map import Spot, numbered_map
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, level, listing, number, percent, share_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

Row = dict[str, Any]

TABLE = "touchpoint_importance"
FEW = 3
MOST = 30
"""Numbers that still part on a phone; the rest are in the table."""

_SOURCES = {
    "asked": Text(
        "Importance is what customers or the company said of it, 0 to 10.", "重要性为询问所得（0 至 10）。"
    ),
    "strong_moments": Text(
        "Importance is ten times the share of felt events that were strong (beyond ±0.5), good or bad.",
        "重要性 = 有感受的互动中感受强烈者（超过 ±0.5，好坏皆计）的占比 ×10。",
    ),
    "derived": Text(
        "Importance is ten times the touchpoint's share in what goes with the overall score: association, "
        "not cause.",
        "重要性 = 该接触点在总体评分关联中的份额 ×10；这是关联，并非因果。",
    ),
}


class TouchpointImportance:
    """The map, numbers by frequency × importance."""

    needs = (TABLE,)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows: list[Row] = [row for row in basis[TABLE].to_pylist() if row["quadrant"] is not None]
        return sorted(rows, key=lambda row: row["emphasis_rank"])

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not rows:
            return None
        hot = [row for row in rows if row["quadrant"] == "hot" and row["sure"]]
        return Finding(
            headline=_headline(rows, hot, language),
            lede=_lede(rows, language),
            figures=_figures(rows, basis, language),
            reading=_reading(rows, basis, language),
            caution=Text(
                "Where feelings run high is where to look; it does not say what stirs them, nor whether a "
                "change would help.",
                "触动大只说明该看哪里，并不说明原因，也不说明改动是否有用。",
            ).in_(language),
            next_step=_next_step(hot or rows[:1], language),
            weight=60 if hot else 25,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)[:MOST]
        if len(rows) < 2:
            return None
        spots = [
            Spot(
                row["emphasis_rank"],
                _name(row, language),
                100 * row["frequency"],
                row["importance"],
                _places(row, language),
                row["quadrant"] == "hot",
            )
            for row in rows
        ]
        return numbered_map(
            spots,
            (100 * rows[0]["frequency_cut"], rows[0]["importance_cut"]),
            width,
            language,
            across=Text("% of customers who meet it", "到访客户占比（%）"),
            up=Text("emotional importance, 0 to 10", "情感重要性（0 至 10）"),
            corners=(
                Text("rare but strong", "少用但触动大"),
                Text("often and strong: look here", "常用且触动大：先看"),
                Text("quiet", "少用且平淡"),
                Text("routine", "常用而平淡"),
            ),
            act_corner=1,
            # A little beyond 100 %: what everybody meets has room for its number.
            limits=(0.0, 105.0),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return TABLE, pa.Table.from_pylist(self._rows(basis), schema=basis[TABLE].schema)


IMPORTANCE = TouchpointImportance()


def _name(row: Row, language: Language) -> str:
    return str(row["touchpoint_zh" if language == "zh" else "touchpoint_en"] or row["touchpoint_id"])


def _names(rows: Sequence[Row], language: Language, most: int = FEW) -> str:
    return listing([quoted(_name(row, language)) for row in rows[:most]], language)


def _places(row: Row, language: Language) -> str:
    low, high = row["emphasis_rank_low"], row["emphasis_rank_high"]
    return Text(
        f"place {low}" if low == high else f"places {low} to {high}",
        f"第 {low} 位" if low == high else f"第 {low} 至 {high} 位",
    ).in_(language)


def _headline(rows: Sequence[Row], hot: Sequence[Row], language: Language) -> str:
    if not hot:
        return Text(
            "No touchpoint is both often met and strongly felt beyond chance",
            "没有哪个接触点既常用又触动大，且能排除偶然",
        ).in_(language)
    names = {each: _names(hot, each) for each in LANGUAGES}
    verb = "is" if len(hot) == 1 else "are"
    return Text(f"{names['en']} {verb} met often and felt strongly", f"{names['zh']}常用，且触动大").in_(
        language
    )


def _lede(rows: Sequence[Row], language: Language) -> str:
    first = rows[0]
    told = [
        Text(
            f"{quoted(_name(first, 'en'))} comes first by use and feeling: "
            f"{percent(first['frequency'], 'en')} of customers meet it, importance "
            f"{number(first['importance'], 1)} of 10.",
            f"按使用与触动，{quoted(_name(first, 'zh'))}居首：{percent(first['frequency'], 'zh')}的客户到访，"
            f"重要性 {number(first['importance'], 1)}（满分 10）。",
        ).in_(language)
    ]
    if first["emphasis_rank_high"] > 1:
        rivals = sum(row["emphasis_rank_low"] == 1 for row in rows)
        told.append(
            Text(f"{rivals} may hold the first place.", f"可能居首的共有 {rivals} 个。").in_(language)
        )
    scored = sorted((row for row in rows if row["priority_rank"]), key=lambda row: row["priority_rank"])
    if scored:
        top = scored[0]
        told.append(
            Text(
                f"Counting also what its score lacks to 10, {quoted(_name(top, 'en'))} comes first "
                f"(score {number(top['score'], 1)}).",
                f"再乘以距满分 10 的差距，居首的是{quoted(_name(top, 'zh'))}"
                f"（得分 {number(top['score'], 1)}）。",
            ).in_(language)
        )
    return sentences(told, language)


def _figures(rows: Sequence[Row], basis: Basis, language: Language) -> tuple[Figure, ...]:
    named, first = level(basis.settings.confidence, language), rows[0]
    name = _name(first, language)
    ends = share_interval(first["frequency_low"], first["frequency_high"], language)
    found = [
        Figure(
            Text(f"{name}: met by", f"{name}：到访占比").in_(language),
            percent(first["frequency"], language, 1),
            f"{named} {ends} · n = {number(first['customers'])}",
        ),
        Figure(
            Text(f"{name}: importance", f"{name}：重要性").in_(language),
            number(first["importance"], 1),
            f"{named} {interval(first['importance_low'], first['importance_high'], language, 1)}",
        ),
    ]
    if first["priority"] is not None:
        found.append(
            Figure(
                Text(f"{name}: times the gap to 10", f"{name}：再乘差距").in_(language),
                number(first["priority"], 1),
                f"{named} {interval(first['priority_low'], first['priority_high'], language, 1)}",
            )
        )
    return tuple(found)


def _reading(rows: Sequence[Row], basis: Basis, language: Language) -> str:
    confidence = f"{basis.settings.confidence * 100:g}"
    source = _SOURCES[rows[0]["importance_source"]]
    told = Text(
        "Right is met by more customers, up stirs more; the dashed lines are the medians. Numbers are places "
        f"by frequency × importance; behind each name the places it can hold ({confidence} %, all together).",
        "越靠右到访客户越多，越靠上触动越大；虚线为中位数。编号为“频率 × 重要性”的名次，名称之后为可能的名次"
        f"（{confidence}%，各项同时成立）。",
    )
    return sentences((told.in_(language), source.in_(language)), language)


def _next_step(targets: Sequence[Row], language: Language) -> NextStep:
    owners = sorted({row["owner"] for row in targets[:FEW] if row["owner"]})
    names = {each: _names(targets, each) for each in LANGUAGES}
    return NextStep(
        who=listing(owners, language)
        or Text(f"Whoever answers for {names['en']}", f"{names['zh']}的负责人").in_(language),
        what=Text(
            f"Follow ten customers through {names['en']}: write down where it goes well, and where not.",
            f"跟随十位客户走一遍{names['zh']}，记下顺利与不顺之处。",
        ).in_(language),
        check=Text(
            "Its score rises, and strong moments there are good ones more often.",
            "该处得分上升，强烈的感受中好的更多。",
        ).in_(language),
    )
