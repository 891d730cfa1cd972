"""Channels: what serving customers costs in each, and which contacts could move to a cheaper one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, level, money, number, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

COSTS, MIGRATIONS = "channel_costs", "channel_migrations"
NONE = "(none)"
MANY = 10
Row = dict[str, Any]


class ChannelCosts:
    """Mean cost of a customer by channel, with its interval."""

    needs = (COSTS,)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows: list[Row] = basis[COSTS].to_pylist()
        return sorted((row for row in rows if row["cost"]), key=lambda row: (-row["cost"], row["channel"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not rows:
            return None
        named = [row for row in rows if row["channel"] != NONE] or rows
        first = named[0]
        share = percent(first["share"], language)
        told = [row for row in named if row["cost_per_customer"] is not None]
        return Finding(
            headline=Text(
                f"{_name(first, 'en', True)} takes {share} of the cost of serving customers",
                f"{share}的服务成本发生在{_name(first, 'zh', True)}",
            ).in_(language),
            lede=_lede(named, language),
            figures=tuple(_figure(row, basis, language) for row in told[:3]),
            reading=Text(
                "A bar is what serving customers cost in the channel over all periods; beside it, what a "
                "contact "
                "there costs.",
                "每条为该渠道各期间的服务成本，旁注为每次互动的成本。",
            ).in_(language),
            caution=_channel_caution(rows, language),
            weight=30,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)[:MANY]
        if not rows:
            return None
        drawn = [
            BarRow(
                _name(row, language),
                (
                    Bar(
                        ((float(row["cost"]), "band" if row["channel"] == NONE else "brand"),),
                        _beside(row, language),
                    ),
                ),
                strong=place == 0,
            )
            for place, row in enumerate(rows)
        ]
        return bars(drawn, [Column(Text("–", "–"))], width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return COSTS, basis[COSTS].sort_by([("cost", "descending"), ("channel", "ascending")])


class Migrations:
    """What is felt in the cheaper channel less what is felt in the dearer, against the margin."""

    needs = (MIGRATIONS,)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows = [row for row in basis[MIGRATIONS].to_pylist() if row["saving"] is not None]
        return sorted(rows, key=lambda row: (-row["saving"], row["touchpoint_id"], row["to_channel"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not rows:
            return None
        movable = [row for row in rows if row["verdict"] == "move"]
        kept = [row for row in rows if row["verdict"] == "keep"]
        return Finding(
            headline=_move_headline(movable, kept, rows, language),
            lede=_move_lede(movable, kept, rows, language),
            figures=tuple(_move_figure(row, basis, language) for row in (movable or rows)[:2]),
            reading=Text(
                "A dot is what customers felt in the cheaper channel less what they felt in the dearer "
                "one, on a "
                "scale from 0 (worst) to 100 (best); the line is its interval. “Can move” means: shown not "
                "to be "
                f"worse by {number(100 * rows[0]['margin'])} points.",
                "圆点为较省渠道的感受减去较贵渠道的感受（0 最差，100 最好），横线为区间。"
                f"“可迁移”指已证实未变差 {number(100 * rows[0]['margin'])} 分。",
            ).in_(language),
            caution=Text(
                "These customers chose their channel; others may feel otherwise there. What is freed is "
                "capacity, "
                "and money only once the capacity is given up. Two targets of the same contacts do not add "
                "up.",
                "这些客户是自行选择渠道的，其他人的感受可能不同。释放的是产能，只有产能随之削减才是现金节省。"
                "同一批互动的两个去向不可相加。",
            ).in_(language),
            next_step=_move_step(movable, rows, language),
            weight=50 if movable else 25,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = [row for row in self._rows(basis) if row["difference"] is not None][:MANY]
        if not rows:
            return None
        words = {
            "move": Text("can move", "可迁移"),
            "keep": Text("keep", "不宜迁移"),
            "cannot_tell": Text("cannot tell", "尚不能断定"),
        }
        drawn = [
            Dot(
                _pair(row, language),
                100 * row["difference"],
                None if row["difference_low"] is None else 100 * row["difference_low"],
                None if row["difference_high"] is None else 100 * row["difference_high"],
                number(min(row["from_persons"], row["to_persons"])),
                "good" if row["verdict"] == "move" else "act" if row["verdict"] == "keep" else "plain",
                words[row["verdict"]].in_(language),
            )
            for row in rows
        ]
        return dots(drawn, width, language, decimals=1, base_title=Text("customers", "客户数"))

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = self._rows(basis)
        return MIGRATIONS, pa.Table.from_pylist(rows, schema=basis[MIGRATIONS].schema)


CHANNELS = ChannelCosts()
MOVES = Migrations()


def _channel_caution(rows: Sequence[Row], language: Language) -> str:
    said = Text(
        "Customers choose their channel: those in a dear one may simply need more.",
        "渠道由客户自己选择：使用较贵渠道的客户可能只是需要更多服务。",
    ).in_(language)
    if all(row["channel"] != NONE for row in rows):
        return said
    return said + Text(" Work without a known channel is a bar of its own.", "渠道未知的工作单独成条。").in_(
        language
    )


def _name(row: Row, language: Language, sentence: bool = False) -> str:
    if row["channel"] == NONE:
        return Text("Channel not known", "渠道未知").in_(language)
    if not sentence:
        return str(row["channel"])
    return Text(f"The channel “{row['channel']}”", f"“{row['channel']}”渠道").in_(language)


def _beside(row: Row, language: Language) -> str:
    said = []
    if row["cost_per_contact"] is not None:
        said.append(
            Text(
                f"{number(row['cost_per_contact'], 2)} a contact",
                f"每次 {number(row['cost_per_contact'], 2)}",
            )
        )
    if row["cost_per_order"] is not None:
        said.append(
            Text(f"{number(row['cost_per_order'], 2)} an order", f"每单 {number(row['cost_per_order'], 2)}")
        )
    return " · ".join(one.in_(language) for one in said[:1]) or money(row["cost"], row["currency"])


def _lede(rows: Sequence[Row], language: Language) -> str:
    told = [row for row in rows if row["cost_per_contact"] is not None]
    if len(told) < 2:
        row = rows[0]
        return Text(
            f"It cost {money(row['cost'], row['currency'])} over all periods.",
            f"各期间合计 {money(row['cost'], row['currency'])}。",
        ).in_(language)
    dear = max(told, key=lambda row: (row["cost_per_contact"], row["channel"]))
    cheap = min(told, key=lambda row: (row["cost_per_contact"], row["channel"]))
    high, low = (money(row["cost_per_contact"], row["currency"], 2) for row in (dear, cheap))
    return Text(
        f"A contact costs {high} in “{dear['channel']}” and {low} in “{cheap['channel']}”.",
        f"一次互动在“{dear['channel']}”的成本为 {high}，在“{cheap['channel']}”为 {low}。",
    ).in_(language)


def _figure(row: Row, basis: Basis, language: Language) -> Figure:
    ends = interval(row["cost_per_customer_low"], row["cost_per_customer_high"], language, 2)
    return Figure(
        Text(f"A customer in “{row['channel']}”", f"“{row['channel']}”每位客户").in_(language),
        money(row["cost_per_customer"], row["currency"], 2),
        f"{level(basis.settings.confidence, language)} {ends} · n = {number(row['customers'])}",
    )


def _pair(row: Row, language: Language) -> str:
    name = row[f"touchpoint_{language}"] or row["touchpoint_en"]
    arrow = "→"
    return Text(
        f"{name}: {row['from_channel']} {arrow} {row['to_channel']}",
        f"{name}：{row['from_channel']} {arrow} {row['to_channel']}",
    ).in_(language)


def _move_headline(
    movable: Sequence[Row], kept: Sequence[Row], rows: Sequence[Row], language: Language
) -> str:
    if movable:
        row = movable[0]
        freed = money(row["saving"], row["currency"])
        return Text(
            f"“{_touch(row, 'en')}” would take {freed} less of capacity by {row['to_channel']} than by "
            f"{row['from_channel']}, and customers there feel no worse",
            f"“{_touch(row, 'zh')}”由{row['from_channel']}改走{row['to_channel']}可释放 {freed} 的产能，"
            "且那里的客户感受不差",
        ).in_(language)
    if len(kept) == len(rows):
        return Text(
            "Every cheaper channel is felt worse: moving contacts there would cost customers",
            "较省的渠道感受都更差：迁移将以客户体验为代价",
        ).in_(language)
    return Text(
        "No cheaper channel is shown to serve customers as well", "尚无证据表明较省的渠道能同样服务好客户"
    ).in_(language)


def _move_lede(movable: Sequence[Row], kept: Sequence[Row], rows: Sequence[Row], language: Language) -> str:
    told = Text(
        f"Pairs of channels at one touchpoint: {len(rows)}. Can move: {len(movable)}; must not: {len(kept)}",
        f"同一接触点的渠道对共 {len(rows)} 对：可迁移 {len(movable)} 对，不宜迁移 {len(kept)} 对",
    ).in_(language)
    left = len(rows) - len(movable) - len(kept)
    if not left:
        return told + Text(".", "。").in_(language)
    return told + Text(f"; cannot tell: {left}.", f"，尚不能断定 {left} 对。").in_(language)


def _touch(row: Row, language: Language) -> str:
    return str(row[f"touchpoint_{language}"] or row["touchpoint_en"])


def _move_figure(row: Row, basis: Basis, language: Language) -> Figure:
    each = f"{money(row['from_cost'], row['currency'], 2)} → {number(row['to_cost'], 2)}"
    note = Text(
        f"{number(row['contacts'])} contacts, {each}", f"{number(row['contacts'])} 次互动，{each}"
    ).in_(language)
    if row["difference"] is not None:
        low, high = 100 * row["difference_low"], 100 * row["difference_high"]
        gap = number(100 * row["difference"], 1)
        felt = Text("felt", "感受差").in_(language)
        named = level(basis.settings.confidence, language)
        note += f" · {felt} {gap} ({named} {interval(low, high, language, 1)})"
    return Figure(
        Text(f"{_pair(row, 'en')} frees", f"{_pair(row, 'zh')}可释放").in_(language),
        money(row["saving"], row["currency"]),
        note,
        "good" if row["verdict"] == "move" else "plain",
    )


def _move_step(movable: Sequence[Row], rows: Sequence[Row], language: Language) -> NextStep:
    row = (movable or rows)[0]
    if movable:
        what = Text(
            f"Offer {row['to_channel']} first to half of those who come to {row['from_channel']}, drawn by "
            "lot.",
            f"随机抽取一半使用{row['from_channel']}的客户，优先引导至{row['to_channel']}。",
        )
    else:
        what = Text(
            "Ask after contacts in both channels until the difference can be told.",
            "在两个渠道都收集互动后的感受，直到能够断定差别。",
        )
    return NextStep(
        Text("The owner of the touchpoint", "接触点负责人").in_(language),
        what.in_(language),
        Text("What both halves feel, and the minutes that each half takes.", "两组的感受与所耗工时。").in_(
            language
        ),
    )
