"""What matters to whom: only the differences between segments that hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import LANGUAGES, Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.dots import Dot, dots
from peakend.report.charts.driver_words import (
    not_cause,
    outcome_name,
    outcomes,
    owners_of,
    part_name,
    quoted,
    sentences,
    together,
)
from peakend.report.finding import Figure, Finding, NextStep, Tone
from peakend.report.numbers import interval, level, listing, number, signed

if TYPE_CHECKING:
    from peakend.report.charts.driver_words import Row
    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

TABLE = "drivers_by_segment"
MOST = 12


@dataclass(frozen=True, slots=True)
class _View:
    """One overall question: the rows that differ, widest first, and all rows."""

    differ: list[Row]
    rows: list[Row]


class DriversBySegment:
    """Differences of the overall question that has any; else one sentence that there are none."""

    needs = (TABLE,)
    by_programme = True

    def _view(self, basis: Basis) -> _View | None:
        views = []
        for rows in outcomes(basis[TABLE].to_pylist()):
            differ = [row for row in rows if row["verdict"] != "cannot_tell"]
            differ.sort(key=lambda row: (-abs(row["pooled"] - row["common"]), row["segment"]))
            views.append(_View(differ, rows))
        return next((view for view in views if view.differ), views[0] if views else None)

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        view = self._view(basis)
        if view is None:
            return None
        if not view.differ:
            return _alike(view, basis, language)
        return Finding(
            headline=_headline(view, basis, language),
            lede=_lede(view, basis, language),
            figures=tuple(_figure(row, basis, language) for row in view.differ[:2]),
            reading=Text(
                "Points of the overall score a point of the part, in the segment; each leans on all "
                "respondents "
                "as far as its own answers are few. Only differences that hold after correction for all that "
                "were looked at.",
                "该分群中，该项每高 1 分，总体评分相差的分数；答案越少，越向全体靠拢。"
                "只列出经多重比较校正后仍成立的差别。",
            ).in_(language),
            caution=sentences((not_cause(language), together(view.rows[0], language)), language),
            next_step=_next_step(view, basis, language),
            weight=30,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        view = self._view(basis)
        if view is None or not view.differ:
            return None
        rows: list[Dot] = []
        for row in view.differ[:MOST]:
            more = row["verdict"] == "more"
            tone: Tone = "act" if more else "plain"
            word = Text("more", "更强") if more else Text("less", "更弱")
            name = f"{part_name(row, language, 40)} · {_segment(row, basis, language)}"
            ends = row["pooled_low"], row["pooled_high"]
            rows.append(Dot(name, row["pooled"], *ends, number(row["n"]), tone, word.in_(language)))
            everybody = Text("everybody", "全体").in_(language)
            rows.append(Dot(f"{part_name(row, language, 40)} · {everybody}", row["common"]))
        return dots(rows, width, language, decimals=2, base_title=Text("answers", "答案数"))

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        view = self._view(basis)
        rows = (view.differ or view.rows) if view else []
        return TABLE, pa.Table.from_pylist(rows, schema=basis[TABLE].schema)


DRIVERS_BY_SEGMENT = DriversBySegment()


def _segment(row: Row, basis: Basis, language: Language) -> str:
    cut = basis.cut(row["segmentation"], language)
    name = basis.segment(row["segmentation"], row["segment"], language)
    return f"{cut}: {name}" if language == "en" else f"{cut}：{name}"


def _alike(view: _View, basis: Basis, language: Language) -> Finding:
    cuts = sorted({row["segmentation"] for row in view.rows})
    groups = len({(row["segmentation"], row["segment"]) for row in view.rows})
    names = {each: listing([basis.cut(cut, each) for cut in cuts], each) for each in LANGUAGES}
    whole = outcome_name(view.rows[0], language)
    return Finding(
        headline=Text(
            "No group is shown to weigh the parts differently", "未见哪个客群看重的方面与众不同"
        ).in_(language),
        lede=Text(
            f"Over {groups} groups ({names['en']}), no part has clearly more or less to do with {whole} in "
            "one of "
            "them than in the others.",
            f"在 {groups} 个客群中（按{names['zh']}划分），"
            f"没有哪一项与{whole}的关联在某一群中明显强于或弱于其他群。",
        ).in_(language),
        caution=Text(
            "Small differences may be there; with these answers they do not show.",
            "可能仍有细小差别，只是凭现有答案看不出来。",
        ).in_(language),
        next_step=NextStep(
            who=Text("The owner of the survey", "调查负责人").in_(language),
            what=Text(
                "Improve the same parts for everybody; these answers ask for no programme of its own for a "
                "group.",
                "对所有客群改进同样的方面；凭现有答案，没有理由为某一客群另立方案。",
            ).in_(language),
            check=Text(
                "The next period finds the same, with its own answers.", "下一期用新的答案得到同样的结论。"
            ).in_(language),
        ),
        weight=12,
    )


def _headline(view: _View, basis: Basis, language: Language) -> str:
    row = view.differ[0]
    name, who = quoted(part_name(row, language, 40)), quoted(_segment(row, basis, language))
    if row["verdict"] == "more":
        return Text(
            f"{name} has more to do with the whole for {who}", f"对{who}而言，{name}与总体评分关联更强"
        ).in_(language)
    return Text(
        f"{name} has less to do with the whole for {who}", f"对{who}而言，{name}与总体评分关联更弱"
    ).in_(language)


def _lede(view: _View, basis: Basis, language: Language) -> str:
    row = view.differ[0]
    whole = outcome_name(row, language)
    told = Text(
        f"one point more on it goes with {signed(row['pooled'], 2)} "
        "points of "
        f"{whole} there, against {signed(row['common'], 2)} among everybody.",
        f"该项每高 1 分，在该群中{whole}相差 {signed(row['pooled'], 2)} 分，"
        f"全体为 {signed(row['common'], 2)} 分。",
    )
    head = rows_of.opening(row, told, language)
    count = Text(
        f"{len(view.differ)} of {len(view.rows)} comparisons hold.",
        f"{len(view.rows)} 次比较中有 {len(view.differ)} 次成立。",
    ).in_(language)
    return sentences((head, count), language)


def _figure(row: Row, basis: Basis, language: Language) -> Figure:
    named = level(basis.settings.confidence, language)
    ends = interval(row["pooled_low"], row["pooled_high"], language, 2)
    label = f"{part_name(row, language, 40)} · {_segment(row, basis, language)}"
    return Figure(label, signed(row["pooled"], 2), f"{named} {ends} · n = {number(row['n'])}")


def _next_step(view: _View, basis: Basis, language: Language) -> NextStep:
    row = view.differ[0]
    name, who = quoted(part_name(row, language, 40)), quoted(_segment(row, basis, language))
    return NextStep(
        who=owners_of([row], basis, language),
        what=Text(
            f"Ask a few of {who} what they expect of {name}, before anything is made different for them.",
            f"先问问{who}中的几位对{name}有何期待，再决定是否区别对待。",
        ).in_(language),
        check=Text("The difference is there again in the next period.", "下一期该差别依然成立。").in_(
            language
        ),
    )
