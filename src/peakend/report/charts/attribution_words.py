"""How each outcome after a journey is spoken of: what is good, what is bad, and what to look at next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.language import Language, Text
from peakend.report.numbers import listing

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class OutcomeWords:
    """good: whether more of it is welcome. name: the outcome as a noun. happened: what customers did, after
    "% of". rate, look, check: label of the rate, the next step and its check where no touchpoint leads."""

    good: bool
    name: Text
    happened: Text
    more: Text
    less: Text
    rate: Text
    look: Text
    check: Text

    def lede(self, rate: str, n: str, days: str) -> Text:
        return Text(
            f"After {n} journeys, {rate} {self.happened.en} within {days} days.",
            f"{n} 段旅程之后，{days} 天内{self.happened.zh}的占 {rate}。",
        )

    def right_after(self, share: str, touchpoint: str) -> Text:
        return Text(
            f"{share} of {self.name.en} come right after {touchpoint}",
            f"{share}的{self.name.zh}紧接在“{touchpoint}”之后",
        )

    def goes_with(self, more: Sequence[str], less: Sequence[str], language: Language) -> str:
        """What stands out by Shapley value, in words that blame or praise nobody."""
        parts = []
        if more:
            names = listing(more, language)
            parts.append(Text(self.more.en.format(names), self.more.zh.format(names)).in_(language))
        if less:
            names = listing(less, language)
            parts.append(Text(self.less.en.format(names), self.less.zh.format(names)).in_(language))
        if not parts:
            return Text(
                f"no touchpoint stands out for {self.name.en}", f"就{self.name.zh}而言，没有接触点突出"
            ).in_(language)
        return Text(", ", "，").in_(language).join(parts)


WORDS = {
    "repurchase": OutcomeWords(
        True,
        Text("repurchases", "再次购买"),
        Text("bought again", "再次购买"),
        Text("customers who met {} buy again more often", "经过{}的客户更常再次购买"),
        Text("those who met {} less often", "经过{}的则较少"),
        Text("Bought again", "再次购买"),
        Text(
            "Do not move money by last touch; look at the sequences and at who meets which touchpoint.",
            "不要按末次触点法调配预算；先看接触点的先后组合，以及谁会经过哪些接触点。",
        ),
        Text(
            "Repurchase of both halves after the same number of days.", "同样天数后，两半客户的再购率之差。"
        ),
    ),
    "churn": OutcomeWords(
        False,
        Text("churn", "流失"),
        Text("neither bought nor got in touch", "既无购买也无联系"),
        Text("customers who met {} leave more often", "经过{}的客户更常流失"),
        Text("customers who met {} leave less often", "经过{}的客户较少流失"),
        Text("Left", "流失"),
        Text(
            "Ask those who left what their last journey was like; nothing here tells the touchpoints apart.",
            "询问流失客户最后一段旅程如何；目前的数据分不出是哪个接触点。",
        ),
        Text("Churn of both halves after the same number of days.", "同样天数后，两半客户的流失率之差。"),
    ),
    "complaint": OutcomeWords(
        False,
        Text("complaints", "投诉"),
        Text("complained", "投诉"),
        Text("customers who met {} complain more often", "经过{}的客户更常投诉"),
        Text("customers who met {} complain less often", "经过{}的客户较少投诉"),
        Text("Complained", "投诉"),
        Text(
            "Read the complaints that came right after the first touchpoint of the list.",
            "阅读紧接在榜首接触点之后的投诉。",
        ),
        Text("Complaints per journey in the next period.", "下一期每段旅程的投诉数。"),
    ),
}
