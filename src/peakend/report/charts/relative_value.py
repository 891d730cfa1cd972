"""Competitors by rating and price beside us: who offers more for the money."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.numbered_map import Spot, numbered_map
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import (
    day,
    interval,
    level,
    number,
    percent,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec
    from peakend.report.finding import Tone

    Row = Mapping[str, Any]

_RELATIVE = "relative_value"
_ALL = "(all)"
_MOST = 16
_FEW = 3

POSITIONS = {
    "better_value": Text("better value", "物超所值"),
    "premium": Text("premium", "优质高价"),
    "economy": Text("economy", "经济实惠"),
    "worse_value": Text("worse value", "物有不值"),
    "cannot_tell": Text("cannot tell", "尚不能断定"),
}
_TONES: dict[str, Tone] = {"better_value": "good", "worse_value": "act"}
_TO_DO = {
    "worse_value": Text(
        "Decide which it is to be: raise what customers rate lowest, or bring the price to theirs.",
        "二选一：改善客户评分最低之处，或把价格降到对方水平。",
    ),
    "economy": Text(
        "Check that customers who leave for them do so for quality, before raising quality at a cost.",
        "先核实流失到对方的客户是否因为质量，再决定是否花钱提升质量。",
    ),
    "premium": Text(
        "Keep what the rating rests on; see under “Price premium” what it goes with in price.",
        "守住支撑评分的体验；评分与价格的关系见“价格溢价与体验”。",
    ),
    "better_value": Text(
        "Say so where customers compare, and see whether the price has room.",
        "在客户比较时把这一点说出来，并评估价格是否有上调空间。",
    ),
    "cannot_tell": Text(
        "Ask more customers for ratings before deciding anything on this.",
        "先取得更多客户评分，再据此作决定。",
    ),
}


class RelativeValue:
    """Competitors by rating and price as a share of ours, which stand at the crosshair."""

    needs = (_RELATIVE,)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows: list[Row] = [
            row for row in basis[_RELATIVE].to_pylist() if row["category"] == _ALL and not row["hidden"]
        ]
        return sorted(rows, key=lambda row: (row["head_to_head"], row["competitor_id"]))[:_MOST]

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not rows:
            return None
        row = _telling(rows)
        others = [one for one in rows if one is not row][:_FEW]
        told = [_compared(one, language) for one in others]
        lede = Text(
            f"Quality for the price, head to head: {number(row['head_to_head'], 2)} ({_ends(row, 'en')}; 1 "
            "is even).",
            f"正面比较（相对质量 ÷ 相对价格）：{number(row['head_to_head'], 2)}"
            f"（{_ends(row, 'zh')}；1 为持平）。",
        ).in_(language)
        gap = "" if language == "zh" else " "
        return Finding(
            headline=_headline(row, language),
            lede=gap.join([lede, *told]),
            figures=_figures(row, basis, language),
            reading=Text(
                "We stand where the dashed lines cross. A number is a competitor: to the right, better rated "
                "than we; higher up, dearer. The list gives our position beside them and the ratio of our "
                f"relative quality to our relative price. {_quarters(row, 'en')}",
                "虚线交点是我们。数字为竞争者：越靠右评分越高于我们，越靠上越贵。"
                "列表为我们相对于对方的位置，以及相对质量与相对价格之比。" + _quarters(row, "zh"),
            ).in_(language),
            caution=Text(
                "Intervals are those of our rating; competitors' ratings are taken as known, and often come "
                "from elsewhere. Our rating is that of all we do, not of one product.",
                "区间只反映我们评分的误差；竞争者评分视为已知，且常来自别处。我们的评分是对整体的评分，并非针对单个产品。",
            ).in_(language),
            next_step=NextStep(
                Text("The owner of pricing", "定价负责人").in_(language),
                _TO_DO[row["position"]].in_(language),
                Text(
                    "Rating and price beside this competitor next quarter.",
                    "下季度与该竞争者的评分和价格比较。",
                ).in_(language),
            ),
            weight={"worse_value": 55, "cannot_tell": 20}.get(row["position"], 40),
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        if not rows:
            return None
        spots = [
            Spot(
                place,
                str(row["competitor_id"]),
                100 / row["relative_quality"],
                100 / row["relative_price"],
                Text(
                    f"we: {POSITIONS[row['position']].en}, {number(row['head_to_head'], 2)}",
                    f"我们：{POSITIONS[row['position']].zh}，{number(row['head_to_head'], 2)}",
                ).in_(language),
                row["position"] == "worse_value",
            )
            for place, row in enumerate(rows, 1)
        ]
        return numbered_map(
            spots,
            (100.0, 100.0),
            width,
            language,
            across=Text("their rating, % of ours", "对方评分，占我们的 %"),
            up=Text("their price, % of ours", "对方价格，占我们的 %"),
            corners=(
                Text("rated lower, dearer", "评分更低、更贵"),
                Text("rated higher, dearer", "评分更高、更贵"),
                Text("rated lower, cheaper", "评分更低、更便宜"),
                Text("rated higher, cheaper", "评分更高、更便宜"),
            ),
            act_corner=3,
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return _RELATIVE, pa.Table.from_pylist(
            [dict(row) for row in self._rows(basis)], schema=basis[_RELATIVE].schema
        )


RELATIVE = RelativeValue()


def _telling(rows: Sequence[Row]) -> Row:
    """The competitor to speak of: where we are worse value, else better, else most different."""
    for position in ("worse_value", "better_value"):
        found = [row for row in rows if row["position"] == position]
        if found:
            return found[0] if position == "worse_value" else found[-1]
    told = [row for row in rows if row["position"] != "cannot_tell"] or list(rows)
    return max(told, key=lambda row: (abs(math.log(row["relative_quality"])), row["competitor_id"]))


def _headline(row: Row, language: Language) -> str:
    rival = row["competitor_id"]
    if row["position"] == "cannot_tell":
        return Text(
            f"Customers’ ratings do not tell us from {rival}, whose price is {_price(row, 'en')}",
            f"我们与 {rival} 的评分尚分不出高下，{_price(row, 'zh')}",
        ).in_(language)
    x = percent(abs(row["relative_quality"] - 1), language, 1)
    higher = row["relative_quality"] > 1
    return Text(
        f"Customers rate us {x} {'above' if higher else 'below'} {rival}, and our price is "
        f"{_ours(row, 'en')}",
        f"客户给我们的评分比 {rival} {'高' if higher else '低'} {x}，价格{_ours(row, 'zh')}",
    ).in_(language)


def _ours(row: Row, language: Language) -> str:
    """Our price beside theirs, in words."""
    gap = row["relative_price"] - 1
    if abs(gap) < 0.01:
        return Text("about the same", "大致相同").in_(language)
    y = percent(abs(gap), language, 1)
    return Text(f"{y} {'higher' if gap > 0 else 'lower'}", f"{'高' if gap > 0 else '低'} {y}").in_(language)


def _price(row: Row, language: Language) -> str:
    """Their price beside ours, in words."""
    gap = 1 / row["relative_price"] - 1
    if abs(gap) < 0.01:
        return Text("about ours", "价格大致相同").in_(language)
    y = percent(abs(gap), language, 1)
    return Text(
        f"{y} {'above' if gap > 0 else 'below'} ours", f"其价格比我们{'高' if gap > 0 else '低'} {y}"
    ).in_(language)


def _compared(row: Row, language: Language) -> str:
    if row["position"] == "cannot_tell":
        return Text(
            f"Ratings do not tell us from {row['competitor_id']}.",
            f"与 {row['competitor_id']} 的评分分不出高下。",
        ).in_(language)
    x = percent(abs(row["relative_quality"] - 1), language, 1)
    higher = row["relative_quality"] > 1
    return Text(
        f"Beside {row['competitor_id']}: rated {x} {'higher' if higher else 'lower'}, price "
        f"{_ours(row, 'en')}.",
        f"与 {row['competitor_id']} 相比：评分{'高' if higher else '低'} {x}，价格{_ours(row, 'zh')}。",
    ).in_(language)


def _ends(row: Row, language: Language) -> str:
    return interval(row["head_to_head_low"], row["head_to_head_high"], language, 2)


def _quarters(row: Row, language: Language) -> str:
    begins, ends = day(row["from_on"], language), day(row["to_on"], language)
    return Text(f"Quarters from {begins} to that of {ends}.", f"{begins}所在季度至{ends}所在季度。").in_(
        language
    )


def _figures(row: Row, basis: Basis, language: Language) -> tuple[Figure, ...]:
    written = level(basis.settings.confidence, language)
    tone = _TONES.get(row["position"], "plain")
    rated = interval(row["own_rating_low"], row["own_rating_high"], language, 2)
    return (
        Figure(
            Text("Our rating, 1 to 5", "我们的评分（1 至 5）").in_(language),
            number(row["own_rating"], 2),
            Text(
                f"{written}: {rated}; n = {number(row['responses'])}",
                f"{written}：{rated}；n = {number(row['responses'])}",
            ).in_(language),
        ),
        Figure(
            Text(f"Rating of {row['competitor_id']}", f"{row['competitor_id']} 的评分").in_(language),
            number(row["rival_rating"], 2),
            Text(
                f"{number(row['prices'])} products × quarters", f"{number(row['prices'])} 个产品 × 季度"
            ).in_(language),
        ),
        Figure(
            Text("Our position", "我们的位置").in_(language),
            POSITIONS[row["position"]].in_(language),
            Text(
                f"quality ÷ price {number(row['head_to_head'], 2)} ({_ends(row, 'en')})",
                f"质量 ÷ 价格 {number(row['head_to_head'], 2)}（{_ends(row, 'zh')}）",
            ).in_(language),
            tone,
        ),
    )
