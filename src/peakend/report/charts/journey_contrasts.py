"""Where the journeys of segments part: ways that one takes more often than the largest of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.dumbbells import Dumbbell, dumbbells
from peakend.report.charts.journey_words import Row, lasting, name_of
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import level, number, percent, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

TABLE = "journey_contrasts"
MOST_ROWS = 12
FEW = 3


class JourneyContrasts:
    """Dumbbells of the shares that differ beyond doubt; the waits in words."""

    needs = (TABLE,)
    by_programme = False

    def _clear(self, basis: Basis, measure: str) -> list[Row]:
        rows: list[Row] = basis[TABLE].to_pylist()
        clear = [row for row in rows if row["measure"] == measure and row["verdict"] != "cannot_tell"]
        return sorted(clear, key=lambda row: (row["adjusted_p"], -abs(row["difference"]), _key(row)))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        compared = basis[TABLE].num_rows
        if not compared:
            return None
        shares, waits = self._clear(basis, "share"), self._clear(basis, "wait")
        if not shares and not waits:
            return Finding(
                headline=Text(
                    "No segment walks another way than the rest beyond doubt",
                    "尚不能断定任何分群走的路径与其他分群不同",
                ).in_(language),
                lede=Text(
                    f"{number(compared)} comparisons of ways and waits were made.",
                    f"共比较 {number(compared)} 组路径与等待。",
                ).in_(language),
                weight=5,
            )
        return Finding(
            headline=_headline(shares, waits, basis, language),
            lede=_lede(shares, waits, compared, basis, language),
            figures=tuple(_figure(row, basis, language) for row in shares[:FEW]),
            reading=Text(
                "Ring: share in the largest segment of its kind; dot: in the segment named, with its "
                f"{level(basis.settings.confidence, 'en')} interval as a band. A share is that of all who "
                "leave the touchpoint before. Only what holds after Holm's correction is drawn.",
                "圆环为同类中最大分群的占比，圆点为所列分群，色带为其"
                f"{level(basis.settings.confidence, 'zh')}。"
                "占比以离开前一接触点者为基数；只画出经 Holm 校正后仍成立的差别。",
            ).in_(language)
            if shares
            else "",
            caution=Text(
                "Segments differ in much besides their journeys: a difference is no effect of the segment.",
                "分群之间的不同不止于旅程：差别并不等于分群造成的影响。",
            ).in_(language),
            next_step=NextStep(
                Text("The owners of both touchpoints", "两端接触点的责任人").in_(language),
                Text(
                    "Ask five customers of the segment why they took the other way.",
                    "请该分群的五位客户说说为何走了另一条路。",
                ).in_(language),
                Text("The same comparison next period.", "下一期作同样比较。").in_(language),
            ),
            weight=40,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._clear(basis, "share")[:MOST_ROWS]
        if not rows:
            return None
        return dumbbells(
            [
                Dumbbell(
                    f"{_segment(row, basis, language)}{'：' if language == 'zh' else ': '}"
                    f"{_way(row, basis, language)}",
                    100 * row["against_value"],
                    100 * row["value"],
                    percent(row["value"], language),
                    number(row["n"]),
                    "plain",
                    None if row["value_low"] is None else 100 * row["value_low"],
                    None if row["value_high"] is None else 100 * row["value_high"],
                )
                for row in rows
            ],
            width,
            language,
            names=(Text("largest segment", "最大分群"), Text("this segment", "本分群")),
            limits=(0.0, 100.0),
            base_title=Text("customers", "客户数"),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = [*self._clear(basis, "share"), *self._clear(basis, "wait")]
        return TABLE, pa.Table.from_pylist(rows, schema=basis[TABLE].schema)


def _key(row: Row) -> tuple[str, ...]:
    names = ("segmentation", "segment", "kind", "from_touchpoint_id", "to_touchpoint_id")
    return tuple(row[name] for name in names)


def _segment(row: Row, basis: Basis, language: Language, side: str = "segment") -> str:
    return basis.segment(row["segmentation"], row[side], language)


def _way(row: Row, basis: Basis, language: Language) -> str:
    start, end = (
        shortened_to(name_of(basis, row[f"{side}_touchpoint_id"], language), 30) for side in ("from", "to")
    )
    if row["kind"] == "start":
        return Text(f"start at {end}", f"从{end}开始").in_(language)
    if row["kind"] == "end":
        return Text(f"end at {start}", f"止于{start}").in_(language)
    return f"{start} → {end}"


def _headline(shares: Sequence[Row], waits: Sequence[Row], basis: Basis, language: Language) -> str:
    row = (shares or waits)[0]
    segment, way = _segment(row, basis, language), _way(row, basis, language)
    if not shares:
        more = row["verdict"] == "higher"
        return Text(
            f"{segment} customers wait {'longer' if more else 'less long'} on {way}",
            f"{segment}客户在{way}上等得{'更久' if more else '更短'}",
        ).in_(language)
    more = row["verdict"] == "higher"
    return Text(
        f"{segment} customers take another way: {way} {'more' if more else 'less'} often",
        f"{segment}客户走的路不同：{way}{'更多' if more else '更少'}",
    ).in_(language)


def _lede(
    shares: Sequence[Row], waits: Sequence[Row], compared: int, basis: Basis, language: Language
) -> str:
    told = Text(
        f"Of {number(compared)} comparisons with the largest segment of the same kind these differ beyond "
        f"doubt: {_counted(len(shares), 'way')}, {_counted(len(waits), 'wait')}.",
        f"与同类中最大分群的 {number(compared)} 组比较中，{len(shares)} 条路径与 {len(waits)} 处等待的差别"
        "可以断定。",
    ).in_(language)
    if not waits:
        return told
    row = waits[0]
    segment, against = _segment(row, basis, language), _segment(row, basis, language, "against")
    way = _way(row, basis, language)
    times = [lasting(row[name], language, row["difference"]) for name in ("value", "against_value")]
    return told + Text(
        f" {segment} customers usually wait {times[0]} on {way}, {against} customers {times[1]}.",
        f"在{way}上，{segment}客户通常等待{times[0]}，{against}客户为{times[1]}。",
    ).in_(language)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _figure(row: Row, basis: Basis, language: Language) -> Figure:
    against = _segment(row, basis, language, "against")
    low, high = row["difference_low"], row["difference_high"]
    ends = (
        f"{signed(100 * low, 0)} {'to' if language == 'en' else '至'} {signed(100 * high, 0)}"
        if low is not None and high is not None
        else ""
    )
    return Figure(
        f"{_segment(row, basis, language)}{'：' if language == 'zh' else ': '}{_way(row, basis, language)}",
        Text(
            f"{signed(100 * row['difference'], 0)} points", f"{signed(100 * row['difference'], 0)} 个百分点"
        ).in_(language),
        Text(f"against {against}", f"与{against}相比").in_(language)
        + f" · {level(basis.settings.confidence, language)} {ends} · n = {number(row['n'])}",
    )


JOURNEY_CONTRASTS = JourneyContrasts()
