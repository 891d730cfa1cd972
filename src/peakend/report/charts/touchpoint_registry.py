"""The registry beside the log: what is met most, what nobody registered, what nobody meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import LANGUAGES, Language, Text
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.charts.driver_words import quoted, sentences
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import level, listing, number, percent, share_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

Row = dict[str, Any]

TABLE, CENSUS = "touchpoint_registry", "touchpoint_census"
FEW = 3
MOST = 18
"""Bars of one kind; the rest are in the table."""

_MET = ("met", "met_through_parts")


class TouchpointRegistry:
    """Bars of customers by touchpoint, the unregistered in red, those never met below."""

    needs = (TABLE, CENSUS)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        """Most used first; those without events last."""
        rows: list[Row] = basis[TABLE].to_pylist()
        return sorted(rows, key=lambda row: (-row["customers"], -row["events"], row["touchpoint_id"]))

    def _census(self, basis: Basis) -> Row:
        found: Row = basis[CENSUS].to_pylist()[0]
        return found

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not rows or not basis[CENSUS].num_rows:
            return None
        census = self._census(basis)
        return Finding(
            headline=_headline(rows, census, language),
            lede=_lede(rows, census, language),
            figures=_figures(rows, census, basis, language),
            reading=Text(
                "Each bar is the share of identified customers who met the touchpoint, its events behind. "
                "Red: in the data and in no registry; those without a bar are registered and never met.",
                "横条为到访过该接触点的已识别客户占比，其后为互动次数。红色：数据中有而登记表中没有；"
                "没有横条者：已登记而无人到访。",
            ).in_(language),
            caution=Text(
                "Never met may also mean never recorded: ask whether its system sends events.",
                "“无人到访”也可能只是没有记录：先确认其系统是否上报互动。",
            ).in_(language)
            if census["never_met"]
            else "",
            next_step=_next_step(rows, census, language),
            weight=65 if census["unregistered"] or census["never_met"] else 20,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        met = [row for row in rows if row["found"]]
        if not met:
            return None
        registered = [row for row in met if row["registered"]][:MOST]
        shown = [row for row in met if row in registered or not row["registered"]][: 2 * MOST]
        never = [row for row in rows if row["status"] == "never_met"][:MOST]
        return bars(
            [_bar(row, language) for row in (*shown, *never)],
            (Column(Text("share of customers · events", "客户占比 · 互动次数")),),
            width,
            language,
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return TABLE, pa.Table.from_pylist(self._rows(basis), schema=basis[TABLE].schema)


REGISTRY = TouchpointRegistry()


def _name(row: Row, language: Language) -> str:
    name = row["touchpoint_zh" if language == "zh" else "touchpoint_en"] or row["touchpoint_id"]
    return shortened_to(str(name), 60)


def _names(rows: Sequence[Row], language: Language) -> str:
    named = [quoted(_name(row, language)) for row in rows[:FEW]]
    more = len(rows) - len(named)
    return listing(
        [*named, *([Text(f"{more} more", f"另外 {more} 个").in_(language)] if more else [])], language
    )


def _bar(row: Row, language: Language) -> BarRow:
    if not row["found"]:
        return BarRow(
            _name(row, language), (Bar(((0.0, "line"),), Text("never met", "无人到访").in_(language)),)
        )
    share = percent(row["customer_share"], language) if row["customers"] else ""
    written = " · ".join(part for part in (share, number(row["events"])) if part)
    if not row["registered"]:
        written += " · " + Text("not registered", "未登记").in_(language)
    token = "brand" if row["registered"] else "detractor"
    return BarRow(_name(row, language), (Bar(((row["customer_share"] or 0.0, token),), written),))


def _headline(rows: Sequence[Row], census: Row, language: Language) -> str:
    extra, never = census["unregistered"], census["never_met"]
    parts = []
    if extra:
        parts.append(
            Text(
                f"{extra} touchpoint{'s are' if extra > 1 else ' is'} met and not registered",
                f"有 {extra} 个接触点有互动却未登记",
            ).in_(language)
        )
    if never:
        parts.append(
            Text(
                f"{never} {'are' if never > 1 else 'is'} registered and never met"
                if extra
                else f"{never} registered touchpoint{'s are' if never > 1 else ' is'} never met",
                f"{'另有 ' if extra else '有 '}{never} 个已登记却无人到访",
            ).in_(language)
        )
    if parts:
        return ("; " if language == "en" else "，").join(parts)
    most = quoted(_name(rows[0], language))
    return Text(
        f"All {census['registered']} registered touchpoints are met; {most} is met by most",
        f"已登记的 {census['registered']} 个接触点均有互动，{most}到访者最多",
    ).in_(language)


def _lede(rows: Sequence[Row], census: Row, language: Language) -> str:
    extra = [row for row in rows if row["status"] == "unregistered"]
    never = [row for row in rows if row["status"] == "never_met"]
    told = []
    if extra:
        share = {
            each: percent(census["unregistered_events"] / max(census["events"], 1), each)
            for each in LANGUAGES
        }
        told.append(
            Text(
                f"Not registered: {_names(extra, 'en')}, with {share['en']} of all events.",
                f"未登记的有{_names(extra, 'zh')}，占全部互动的 {share['zh']}。",
            ).in_(language)
        )
    if never:
        told.append(
            Text(f"Never met: {_names(never, 'en')}.", f"无人到访的有{_names(never, 'zh')}。").in_(language)
        )
    below = [row for row in rows if row["against_target"] == "below"]
    if below:
        told.append(
            Text(
                f"Below target beyond chance: {_names(below, 'en')}.",
                f"得分低于目标且能排除偶然的有{_names(below, 'zh')}。",
            ).in_(language)
        )
    other = [row for row in rows if row["registered"] and row["channels_undeclared"]]
    if other:
        first = other[0]
        told.append(
            Text(
                f"{len(other)} {'is' if len(other) == 1 else 'are'} met in channels that the registry does "
                f"not name ({quoted(_name(first, 'en'))}: {first['channels_undeclared']}).",
                f"{len(other)} 个接触点出现了未登记的渠道"
                f"（如{quoted(_name(first, 'zh'))}：{first['channels_undeclared']}）。",
            ).in_(language)
        )
    if not told:
        told.append(
            Text(
                f"{number(census['events'])} events of {number(census['customers'])} customers were counted.",
                f"共计 {number(census['customers'])} 位客户的 {number(census['events'])} 次互动。",
            ).in_(language)
        )
    return sentences(told, language)


def _figures(rows: Sequence[Row], census: Row, basis: Basis, language: Language) -> tuple[Figure, ...]:
    found = [
        Figure(
            Text("Registered and met", "已登记且有互动").in_(language),
            number(census["met"]),
            Text(f"of {census['registered']} registered", f"共登记 {census['registered']} 个").in_(language),
        ),
        Figure(
            Text("Not registered", "未登记").in_(language),
            number(census["unregistered"]),
            Text(
                f"with {number(census['unregistered_events'])} of {number(census['events'])} events",
                f"{number(census['events'])} 次互动中的 {number(census['unregistered_events'])} 次",
            ).in_(language),
            "act" if census["unregistered"] else "plain",
        ),
    ]
    weakest = min(
        (row for row in rows if row["moment_of_truth"] and row["delivered"] is not None),
        key=lambda row: row["delivered"],
        default=None,
    )
    if weakest:
        named = level(basis.settings.confidence, language)
        ends = share_interval(weakest["delivered_low"], weakest["delivered_high"], language)
        found.append(
            Figure(
                Text(
                    f"Least delivered moment of truth: {_name(weakest, 'en')}",
                    f"交付最少的关键时刻：{_name(weakest, 'zh')}",
                ).in_(language),
                percent(weakest["delivered"], language),
                Text(
                    f"of scores reach {number(weakest['threshold'])} of 100 · ",
                    f"的评分达到 {number(weakest['threshold'])} 分（满分 100）· ",
                ).in_(language)
                + f"{named} {ends} · n = {number(weakest['answers'])}",
            )
        )
    return tuple(found)


def _next_step(rows: Sequence[Row], census: Row, language: Language) -> NextStep:
    who = Text("Whoever keeps the registry of touchpoints", "接触点登记表的维护人").in_(language)
    if census["unregistered"]:
        names = {each: _names([r for r in rows if r["status"] == "unregistered"], each) for each in LANGUAGES}
        return NextStep(
            who,
            Text(
                f"Register {names['en']}: name, stage, channel, and who answers for it.",
                f"为{names['zh']}补登：名称、阶段、渠道与责任人。",
            ).in_(language),
            Text("The next run finds none unregistered.", "下次运行时不再有未登记的接触点。").in_(language),
        )
    if census["never_met"]:
        return NextStep(
            who,
            Text(
                "Find out of each that is never met whether it is gone, or only not recorded.",
                "逐个查明无人到访者：已停用，还是没有记录。",
            ).in_(language),
            Text("It has events, or is no longer registered.", "其后有互动，或已从登记表移除。").in_(
                language
            ),
        )
    return NextStep(
        who,
        Text(
            "Set a target for every moment of truth, so that delivery can be told.",
            "为每个关键时刻设定得分目标，以便衡量是否有效交付。",
        ).in_(language),
        Text("Each shows its share of scores at or above target.", "每个关键时刻都有达标占比。").in_(
            language
        ),
    )
