"""What a better rating goes with in price, and what part of our price difference it is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import (
    level,
    number,
    percent,
    share_interval,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

    Row = Mapping[str, Any]

_PREMIUM = "price_premium"
_ALL = "(all)"
_TENTH = 0.1
_MOST = 16
_FEW = 3


class PricePremium:
    """Our price beside each competitor's: what goes with the rating, and the rest."""

    needs = (_PREMIUM,)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        """Rows of the stricter effects where they can be estimated, else of competitors alone."""
        rows: list[Row] = basis[_PREMIUM].to_pylist()
        for effects in ("competitor_and_quarter", "competitor"):
            found = [r for r in rows if r["effects"] == effects and r["coefficient"] is not None]
            if found:
                return found
        return []

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not rows:
            return None
        whole = next(row for row in rows if row["competitor_id"] == _ALL)
        ends = [
            math.expm1(_TENTH * whole[name])
            for name in ("coefficient", "coefficient_low", "coefficient_high")
        ]
        shown = whole["coefficient_low"] > 0 or whole["coefficient_high"] < 0
        more = ends[0] > 0
        size = percent(abs(ends[0]), language, 1)
        headline = (
            Text(
                f"A tenth of a point more in rating goes with a price {size} {'higher' if more else 'lower'}",
                f"评分每高 0.1 分，价格相应{'高' if more else '低'} {size}",
            )
            if shown
            else Text("No price premium is shown to go with better ratings", "未证实评分更高伴随价格溢价")
        )
        within = share_interval(ends[1], ends[2], language, 2)
        others = [row for row in rows if row["competitor_id"] != _ALL]
        told = [part for row in others[:_FEW] if (part := _share_told(row, language))] if shown else []
        return Finding(
            headline=headline.in_(language),
            lede=("" if language == "zh" else " ").join(told),
            figures=(
                Figure(
                    Text("Price for a tenth of a point", "每 0.1 分对应的价格").in_(language),
                    ("+" if more else "−") + percent(abs(ends[0]), language, 2),
                    Text(
                        f"{level(basis.settings.confidence, 'en')}: {within}; n = {number(whole['n'])}",
                        f"{level(basis.settings.confidence, 'zh')}：{within}；n = {number(whole['n'])}",
                    ).in_(language),
                    "good" if shown and more else "plain",
                ),
            ),
            reading=Text(
                "For each competitor: how much dearer (right of 0) or cheaper we are; the part that goes "
                f"with the difference in rating, with its {level(basis.settings.confidence, 'en')} interval; "
                "and the rest.",
                "每家竞争者：我们贵（0 右侧）或便宜多少；其中与评分差相伴的部分及其"
                f" {level(basis.settings.confidence, 'zh')}；以及其余部分。",
            ).in_(language),
            caution=Text(
                "An association: prices and ratings move together between quarters and products. Better "
                "ratings need not be the reason, and raising a price need not hold.",
                "这只是相关：价格与评分在季度和产品之间一同变动；评分未必是原因，提价也未必站得住。",
            ).in_(language),
            next_step=_premium_step(shown and more, language),
            weight=35 if shown else 15,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = [row for row in self._rows(basis) if row["competitor_id"] != _ALL][:_MOST]
        if not rows:
            return None
        drawn: list[Dot] = []
        for row in rows:
            drawn += [
                Dot(str(row["competitor_id"]), heading=True),
                Dot(
                    Text("Our price less theirs", "我们的价格减对方").in_(language),
                    _as_percent(row["log_price_difference"]),
                ),
                Dot(
                    Text("goes with the rating", "与评分相伴").in_(language),
                    _as_percent(row["with_rating"]),
                    _as_percent(row["with_rating_low"]),
                    _as_percent(row["with_rating_high"]),
                ),
                Dot(Text("the rest", "其余").in_(language), _as_percent(row["without_rating"])),
            ]
        suffix = "\u00a0%" if language == "en" else "%"
        return dots(drawn, width, language, decimals=1, suffix=suffix, limits=(-100, 1000))

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = [dict(row) for row in self._rows(basis)]
        return _PREMIUM, pa.Table.from_pylist(rows, schema=basis[_PREMIUM].schema)


PREMIUM = PricePremium()


def _premium_step(shown: bool, language: Language) -> NextStep:
    what = (
        Text(
            "Where the rating rose, try a higher price in a few places against the rest.",
            "在评分上升之处选少数网点试行较高价格，并与其他网点对照。",
        )
        if shown
        else Text(
            "Do not price on ratings yet; collect competitors’ prices and ratings for more quarters.",
            "暂不以评分作为定价依据；继续收集更多季度的竞争者价格与评分。",
        )
    )
    check = (
        Text("Units sold and rating there and elsewhere.", "试点与其他网点的销量与评分。")
        if shown
        else Text("The interval with more quarters.", "季度增多后的区间。")
    )
    who = Text("The owner of pricing", "定价负责人")
    return NextStep(who.in_(language), what.in_(language), check.in_(language))


def _as_percent(log: float) -> float:
    return 100 * math.expm1(log)


def _share_told(row: Row, language: Language) -> str | None:
    """What part of a price difference goes with the rating, where it is a part."""
    share = row["share_with_rating"]
    if share is None or not 0 < share <= 1:
        return None
    dearer = row["log_price_difference"] > 0
    part = percent(share, language, 0)
    ends = share_interval(row["share_with_rating_low"], row["share_with_rating_high"], language, 0)
    gap = percent(abs(math.expm1(row["log_price_difference"])), language, 1)
    return Text(
        f"We are {gap} {'dearer' if dearer else 'cheaper'} than {row['competitor_id']}; {part} of that "
        f"({ends}) goes with the rating.",
        f"我们比 {row['competitor_id']} {'贵' if dearer else '便宜'} {gap}，"
        f"其中 {part}（{ends}）与评分相伴。",
    ).in_(language)
