"""Gaps between channels: the share of designed hand-offs that fail, pair by pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, level, number, percent, share_interval, signed

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

TABLE = "handoff_gaps"
MOST_ROWS = 16
Row = dict[str, Any]


class HandoffGaps:
    """A dot a pair of channels, the worst first."""

    needs = (TABLE,)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows = [row for row in basis[TABLE].to_pylist() if row["share"] is not None]
        return sorted(rows, key=lambda row: (-row["share_low"], row["from_channel"], row["to_channel"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not rows:
            return None
        n, gaps = sum(row["n"] for row in rows), sum(row["gaps"] for row in rows)
        worst = rows[0]
        return Finding(
            headline=_headline(worst, gaps, language),
            lede=_lede(basis, rows, n, gaps, language),
            figures=tuple(_figures(basis, rows, language)),
            reading=Text(
                "Share of designed hand-offs without a record, never taken over, or too late; lines are "
                f"{level(basis.settings.confidence, 'en')} intervals.",
                "设计中的交接里无记录、无人承接或承接过晚的占比；"
                f"线段为{level(basis.settings.confidence, 'zh')}。",
            ).in_(language),
            caution=Text(
                "A hand-off that was made but not recorded counts as a gap. Feelings after a gap are "
                "compared, not explained.",
                "已交接但未记录者也计为脱节。脱节后的感受仅作比较，不代表因果。",
            ).in_(language),
            next_step=NextStep(
                Text("Both channels’ owners", "两个渠道的负责人").in_(language),
                Text(
                    "Agree who takes over, by when and with what record; look at three examples first.",
                    "约定由谁、在何时、凭何记录承接；先复盘三个示例旅程。",
                ).in_(language),
                Text("The share of gaps of this pair next month.", "下月这一对渠道的脱节占比。").in_(
                    language
                ),
            ),
            weight=50 if worst["share_low"] > 0.1 else 20,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)[:MOST_ROWS]
        if not rows:
            return None
        drawn = [
            Dot(
                _pair(row, language),
                100 * row["share"],
                100 * row["share_low"],
                100 * row["share_high"],
                base=number(row["n"]),
                tone="act" if row["share_low"] > 0.1 else "plain",
                word=_word(row, language),
            )
            for row in rows
        ]
        return dots(
            drawn, width, language, decimals=0, suffix="%", limits=(0, 100), base_title=Text("n", "n")
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return TABLE, basis[TABLE]


GAPS = HandoffGaps()


def _pair(row: Row, language: Language) -> str:
    return f"{row['from_channel']} → {row['to_channel']}"


def _word(row: Row, language: Language) -> str:
    if row["share_low"] <= 0.1:
        return ""
    most = max(("missing", "not_accepted", "late"), key=lambda name: row[name])
    words = {
        "missing": Text("mostly no record", "多为无记录"),
        "not_accepted": Text("mostly never taken over", "多为无人承接"),
        "late": Text("mostly too late", "多为过晚"),
    }
    return words[most].in_(language)


def _headline(worst: Row, gaps: int, language: Language) -> str:
    if gaps == 0:
        return Text("Every designed hand-off was made and taken over", "设计中的交接都已完成并有人承接").in_(
            language
        )
    share = percent(worst["share"], language)
    if worst["share_low"] <= 0.1:
        return Text("Few designed hand-offs fail", "设计中的交接少有脱节").in_(language)
    pair = _pair(worst, language)
    return Text(
        f"Customers fall between {pair}: {share} of hand-offs fail",
        f"客户在 {pair} 之间断了线：{share}的交接脱节",
    ).in_(language)


def _lede(basis: Basis, rows: list[Row], n: int, gaps: int, language: Language) -> str:
    other = sum(
        row["n"] or 0 for row in basis[TABLE].to_pylist() if not row["designed"] and not row["hidden"]
    )
    said = Text(
        f"Of {number(n)} passages at designed hand-offs {number(gaps)} failed.",
        f"设计中的交接共 {number(n)} 次，其中 {number(gaps)} 次脱节。",
    ).in_(language)
    if not other:
        return said
    return said + Text(
        f" Customers changed channels another {number(other)} times where no hand-off is designed.",
        f"客户另有 {number(other)} 次在未设计交接之处转换渠道。",
    ).in_(language)


def _figures(basis: Basis, rows: list[Row], language: Language) -> list[Figure]:
    named = level(basis.settings.confidence, language)
    worst = rows[0]
    found = [
        Figure(
            _pair(worst, language),
            percent(worst["share"], language, 1),
            f"{named} {share_interval(worst['share_low'], worst['share_high'], language)} · "
            f"n = {number(worst['n'])}",
            "act" if worst["share_low"] > 0.1 else "plain",
        )
    ]
    felt = [row for row in rows if row["verdict"] in ("worse", "better")]
    for row in felt[:1]:
        word = Text("worse", "更差") if row["verdict"] == "worse" else Text("better", "更好")
        found.append(
            Figure(
                Text(
                    f"Feeling after a gap, {_pair(row, 'en')}: {word.en}",
                    f"脱节后的感受，{_pair(row, 'zh')}：{word.zh}",
                ).in_(language),
                signed(row["difference"], 2),
                f"{named} {interval(row['difference_low'], row['difference_high'], language, 2)} · "
                f"n = {number(row['n_gap'])} + {number(row['n_held'])}",
                "act" if row["verdict"] == "worse" else "good",
            )
        )
    return found
