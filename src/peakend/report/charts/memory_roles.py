"""What each touchpoint is to memory: the peak, the end, a low point remembered or tolerated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.feeling_curve import Stop, feeling_curve
from peakend.report.charts.memory_words import MODEL, Row
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import level, listing, number, percent, share_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

MOST = 30
_EVEN = 0.2
ENDS = (Text("bad", "差"), Text("neutral", "中性"), Text("good", "好"))


class MemoryRoles:
    """Touchpoints in the order of the journey: how they feel, and how much of the memory they carry."""

    needs = ("memory_roles",)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows = [row for row in basis["memory_roles"].to_pylist() if not row["hidden"]]
        most = sorted(rows, key=lambda row: (-row["n"], row["touchpoint_id"]))[:MOST]
        return sorted(most, key=_place)

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if len(rows) < 2:
            return None
        peak, end = _leading(rows, "peak"), _leading(rows, "end")
        tolerated = [row for row in rows if row["valley"] == "tolerated"]
        return Finding(
            headline=_headline(peak, end, language),
            lede=_lede(rows, tolerated, language),
            figures=_figures(peak, end, basis.settings.confidence, language),
            reading=_reading(rows, basis.settings.confidence, language),
            caution=_caution(rows, language),
            next_step=_next_step(peak, end, tolerated, language),
            weight=28 if peak or end else 10,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        if len(rows) < 2:
            return None
        return feeling_curve([_stop(row, language) for row in rows], width, language, ENDS)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return "memory_roles", pa.Table.from_pylist(self._rows(basis), schema=basis["memory_roles"].schema)


def _place(row: Row) -> tuple[float, str]:
    place = row["touchpoint_position"]
    return (float("inf") if place is None else place, row["touchpoint_id"])


def _name(row: Row, language: Language) -> str:
    en, zh = row["touchpoint_en"] or row["touchpoint_id"], row["touchpoint_zh"] or row["touchpoint_en"]
    return shortened_to(Text(en, zh or en).in_(language), 28)


def _leading(rows: Sequence[Row], role: str) -> Row | None:
    """The touchpoint that is the peak (the end) of the most journeys, of those whose role it is."""
    fit = [row for row in rows if row["role"] == role]
    return max(fit, key=lambda row: row[f"{role}_share"] * row["n"]) if fit else None


def _headline(peak: Row | None, end: Row | None, language: Language) -> str:
    if peak and end:
        kind = _kind(peak)
        return Text(
            f"The {kind.en} peak is {_name(peak, 'en')}, the end {_name(end, 'en')}",
            f"{kind.zh}峰值在“{_name(peak, 'zh')}”，终值在“{_name(end, 'zh')}”",
        ).in_(language)
    if peak:
        return Text(
            f"The {_kind(peak).en} peak is {_name(peak, 'en')}; the end has no fixed place",
            f"{_kind(peak).zh}峰值在“{_name(peak, 'zh')}”，终值没有固定的位置",
        ).in_(language)
    if end:
        return Text(
            f"Journeys end at {_name(end, 'en')}; the peak has no fixed place",
            f"旅程的终值在“{_name(end, 'zh')}”，峰值没有固定的位置",
        ).in_(language)
    return Text("No touchpoint stands out as the peak or the end", "没有哪个接触点明显是峰值或终值").in_(
        language
    )


def _kind(row: Row) -> Text:
    bad = row["bad_peaks"] or 0
    if bad > 0.6:
        return Text("bad", "负面")
    return Text("good", "正面") if bad < 0.4 else Text("strongest", "最常见的")


def _lede(rows: Sequence[Row], tolerated: Sequence[Row], language: Language) -> str:
    said = []
    if tolerated:
        names = [_name(row, language) for row in tolerated]
        verb = "is a low point" if len(names) == 1 else "are low points"
        said.append(
            Text(
                f"{listing(names, 'en')} {verb} that memory tolerates: often the worst moment, "
                "seldom what is kept.",
                f"{listing(names, 'zh')}是被容忍的低谷：常是最差的时刻，却很少留在记忆里。",
            ).in_(language)
        )
    remembered = [_name(row, language) for row in rows if row["valley"] == "remembered"]
    if remembered:
        said.append(
            Text(
                f"Low and remembered: {listing(remembered, 'en')}.",
                f"既低又被记住：{listing(remembered, 'zh')}。",
            ).in_(language)
        )
    astray = [_name(row, language) for row in rows if row["as_designed"] is False]
    if astray:
        said.append(
            Text(
                f"Designed to be the peak or the end, but not lived so: {listing(astray, 'en')}.",
                f"设计为峰值或终值、实际却不是：{listing(astray, 'zh')}。",
            ).in_(language)
        )
    if not said and not rows[0]["settled"]:
        said.append(
            Text(
                "Which low points are remembered and which are tolerated cannot be told yet.",
                "哪些低谷会被记住、哪些会被容忍，尚不能断定。",
            ).in_(language)
        )
    if not said:
        said.append(
            Text("No low point is shown to be tolerated by memory.", "没有可断定为“被容忍”的低谷。").in_(
                language
            )
        )
    return " ".join(said) if language == "en" else "".join(said)


def _figures(peak: Row | None, end: Row | None, confidence: float, language: Language) -> tuple[Figure, ...]:
    named = level(confidence, language)
    found = []
    for row, role, label in (
        (peak, "peak", Text("is the peak of its journeys", "是所在旅程的峰值")),
        (end, "end", Text("is the end of its journeys", "是所在旅程的终值")),
    ):
        if row is None:
            continue
        ends = share_interval(row[f"{role}_share_low"], row[f"{role}_share_high"], language, 0)
        name = _name(row, language)
        found.append(
            Figure(
                f"{name} {label.en}" if language == "en" else f"“{name}”{label.zh}",
                percent(row[f"{role}_share"], language),
                f"{named} {ends} · n = {number(row['n'])}",
            )
        )
    return tuple(found)


def _reading(rows: Sequence[Row], confidence: float, language: Language) -> str:
    if rows[0]["model"] is None:
        return Text(
            "The journey from top to bottom: farther right felt better. Lines: "
            f"{level(confidence, 'en')} intervals of the feeling.",
            f"旅程自上而下，越靠右感受越好。线段为感受的{level(confidence, 'zh')}。",
        ).in_(language)
    model = MODEL[rows[0]["model"]]
    return Text(
        "The journey from top to bottom: farther right felt better. A circle's area, and the number beside "
        f"it, is how much of the remembered score the touchpoint carries where it is met, by the rule “"
        f"{model.en.lower()}”. Lines: {level(confidence, 'en')} intervals of the feeling.",
        f"旅程自上而下，越靠右感受越好。圆的面积与旁边的数字，是该接触点在所经旅程的记忆中所占的份量"
        f"（按“{model.zh}”计）。线段为感受的{level(confidence, 'zh')}。",
    ).in_(language)


def _caution(rows: Sequence[Row], language: Language) -> str:
    if rows[0]["settled"]:
        return ""
    if rows[0]["model"] is None:
        return Text(
            "How much of each is remembered is not known: no tie to the score of the whole is shown.",
            "各接触点被记住多少尚不得知：与总体评分之间看不出可断定的联系。",
        ).in_(language)
    return Text(
        "The rule is the best so far, but not yet told from the next: take the weights as provisional.",
        "该规则目前最佳，但与次优者尚难区分：份量仅供参考。",
    ).in_(language)


def _next_step(peak: Row | None, end: Row | None, tolerated: Sequence[Row], language: Language) -> NextStep:
    owner = Text("The owner of the touchpoint", "接触点负责人").in_(language)
    chosen = end or peak
    if chosen is None:
        return NextStep(
            owner,
            Text(
                "Choose the moment that is to be the peak, and one that is to be the end, and design them.",
                "选定要成为峰值与终值的时刻，并专门设计。",
            ).in_(language),
            Text("Whether they stand out next period.", "下一期它们是否突出。").in_(language),
        )
    name = _name(chosen, language)
    spare = (
        Text(
            f"; {_name(tolerated[0], 'en')} can wait",
            f"；“{_name(tolerated[0], 'zh')}”可以后再说",
        ).in_(language)
        if tolerated
        else ""
    )
    return NextStep(
        owner,
        _design(chosen, name).in_(language) + spare + Text(".", "。").in_(language),
        Text(
            "Its share of the memory and the score of the whole, next period.",
            "下一期该处的记忆份量与总体评分。",
        ).in_(language),
    )


def _design(row: Row, name: str) -> Text:
    if row["score"] < 0:
        if row["role"] == "end":
            return Text(f"Take the sting out of {name}: journeys end there", f"先改好“{name}”，旅程在此结束")
        return Text(
            f"Take the sting out of {name}: nothing is felt more strongly",
            f"先改好“{name}”，这里的感受最强烈",
        )
    return Text(f"Design {name} as the moment to remember", f"把“{name}”设计为值得记住的时刻")


def _stop(row: Row, language: Language) -> Stop:
    role, valley = row["role"], row["valley"]
    word = ""
    token = "brand"
    if role == "peak":
        bad = (row["bad_peaks"] or 0) > 0.5
        word = (Text("bad peak", "负面峰值") if bad else Text("good peak", "正面峰值")).in_(language)
        token = "detractor" if bad else "promoter"
    elif role == "end":
        word = Text("end", "终值").in_(language)
    if valley == "tolerated":
        low = Text("tolerated low", "被容忍的低谷").in_(language)
        word = f"{word} · {low}" if word else low
        token = "passive" if role is None else token
    carries = row["memory_weight"]
    share = percent(carries, language) if carries is not None else ""
    return Stop(
        _name(row, language),
        row["score"],
        row["score_low"],
        row["score_high"],
        _EVEN if carries is None else carries,
        " · ".join(part for part in (share, word) if part),
        bool(word),
        token,
    )


MEMORY_ROLES = MemoryRoles()
