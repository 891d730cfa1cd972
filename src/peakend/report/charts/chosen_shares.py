"""What customers choose: expected shares of later choices, now and if our offer were better."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import (
    interval,
    level,
    listing,
    money,
    number,
    percent,
    share_interval,
    signed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

    Row = Mapping[str, Any]

_SHARES, _PREDICTIONS, _COEFFICIENTS = "choice_shares", "choice_predictions", "choice_coefficients"
_OWN = "own"
_MOST = 16


class ChosenShares:
    """Expected shares of later choices: now, and if our offer were better."""

    needs = (_SHARES, _PREDICTIONS, _COEFFICIENTS)
    by_programme = False

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        predictions = basis[_PREDICTIONS].to_pylist()
        used = next((row for row in predictions if row["used"]), None)
        if used is None:
            return _not_fitted(predictions, language)
        terms = [row for row in basis[_COEFFICIENTS].to_pylist() if row["model"] == used["model"]]
        matters = _matter(terms)
        own = {row["scenario"]: row for row in basis[_SHARES].to_pylist() if row["option_id"] == _OWN}
        hit, chance = percent(used["hit_rate"], language), percent(used["chance"], language)
        if not matters:
            headline = Text(
                "Value and cost are not shown to decide what customers choose",
                "未证实价值与成本左右客户的选择",
            )
        elif used["verdict"] == "better":
            headline = Text(
                f"Value and cost predict {hit} of later choices; guessing would get {chance}",
                f"价值与成本能预测 {hit} 的后续选择，随机猜测只有 {chance}",
            )
        else:
            headline = Text(
                f"Value and cost go with what was chosen, but predict later choices no better than guessing: "
                f"{hit}, by chance {chance}",
                f"价值与成本与选择相关，但预测后续选择并不优于随机：{hit}，随机为 {chance}",
            )
        return Finding(
            headline=headline.in_(language),
            lede=_choice_lede(terms, own if matters else {}, language),
            figures=_choice_figures(used, own, basis, language),
            reading=""
            if not matters
            else Text(
                f"Dot: share of the {number(used['choices_after'])} later choices each offer is expected "
                f"to get; line: {level(basis.settings.confidence, 'en')} interval of the weights. "
                "Behind it: what they really got, then the change in points.",
                f"圆点：较晚 {number(used['choices_after'])} 次选择中各家的预期份额；"
                f"线为系数的 {level(basis.settings.confidence, 'zh')}。其后为实际份额，或变化的百分点。",
            ).in_(language),
            caution=""
            if not matters
            else Text(
                "If competitors answer with their own prices, the gain shrinks. An offer is taken to draw "
                "from all others in proportion to their shares (a property of the logit), even from a twin.",
                "竞争者若跟进，增益会缩小。模型假定新增份额按比例来自所有其他选项，即使其中有一个与我们几乎相同。",
            ).in_(language),
            next_step=_choice_step(matters, language),
            weight=45 if matters and used["verdict"] == "better" else 20,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = basis[_SHARES].to_pylist()
        used = {row["model"] for row in rows}
        # Shares that follow from weights of nothing would be drawn as if they meant something.
        if not _matter([row for row in basis[_COEFFICIENTS].to_pylist() if row["model"] in used]):
            return None
        now = [row for row in rows if row["scenario"] == "now"]
        now.sort(key=lambda row: (row["option_id"] != _OWN, -row["share"], row["option_id"]))
        shown = [row["option_id"] for row in now[:_MOST]]
        drawn: list[Dot] = []
        for scenario, heading in _SCENARIOS.items():
            own = {row["option_id"]: row for row in rows if row["scenario"] == scenario}
            if not own:
                continue
            drawn.append(Dot(heading.in_(language), heading=True))
            drawn += [_share_dot(own[name], scenario, language) for name in shown if name in own]
        return dots(
            drawn,
            width,
            language,
            decimals=1,
            suffix="\u00a0%" if language == "en" else "%",
            limits=(0, 100),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return _SHARES, basis[_SHARES]


CHOSEN = ChosenShares()

_SCENARIOS = {
    "now": Text("As it is", "现状"),
    "own_cost_down_5": Text("Our cost 5\u00a0% lower", "客户成本降 5%"),
    "own_value_up_5": Text("Our value 5\u00a0% higher", "客户价值升 5%"),
}


def _not_fitted(predictions: Sequence[Row], language: Language) -> Finding | None:
    noted = [row for row in predictions if not row["fitted"]]
    if not noted:
        return None
    return Finding(
        headline=Text(
            "No weights of value and cost could be found from these choices",
            "由这些选择无法得出价值与成本的分量",
        ).in_(language),
        lede=str(noted[0]["note_zh" if language == "zh" else "note_en"]),
        weight=15,
    )


_TERMS = {
    "value_less_cost": Text("value less cost", "价值减成本"),
    "value": Text("value", "价值"),
    "cost": Text("cost", "成本"),
}


def _matter(terms: Sequence[Row]) -> bool:
    """Whether a coefficient is shown to differ from 0."""
    return any(row["coefficient_low"] > 0 or row["coefficient_high"] < 0 for row in terms)


def _choice_step(matters: bool, language: Language) -> NextStep:
    if not matters:
        return NextStep(
            Text("The owner of the offer", "产品负责人").in_(language),
            Text(
                "Ask those who chose what decided; see whether value and cost were asked as they see them.",
                "询问客户是什么决定了选择，并核对价值与成本是否按其自身感受填写。",
            ).in_(language),
            Text("The same analysis on the next choices.", "用下一批选择重做此分析。").in_(language),
        )
    return NextStep(
        Text("The owner of the offer", "产品负责人").in_(language),
        Text(
            "Compare what 5 % more value and 5 % less cost would take; try the cheaper in one place.",
            "比较“价值升 5%”与“成本降 5%”各需投入多少，先在一处试行较省的一项。",
        ).in_(language),
        Text("Shares chosen there and elsewhere.", "试点与其他地方的选择份额。").in_(language),
    )


def _choice_lede(terms: Sequence[Row], own: Mapping[str, Row], language: Language) -> str:
    told = []
    for row in terms:
        # A round amount for which the odds, and both ends of their interval, stay within a factor of e.
        widest = max(abs(row["coefficient_low"]), abs(row["coefficient_high"]), 1e-12)
        amount = 10.0 ** math.floor(-math.log10(widest))
        odds = [
            math.exp(amount * row[name]) for name in ("coefficient", "coefficient_low", "coefficient_high")
        ]
        more = money(amount, row["currency"], 0 if amount >= 1 else 2)
        told.append(
            Text(
                f"{more} more of {_TERMS[row['term']].en} goes with {number(odds[0], 2)} times the odds of "
                f"being chosen ({interval(odds[1], odds[2], 'en', 2)}).",
                f"{_TERMS[row['term']].zh}每多 {more}，被选中的优势为原来的 {number(odds[0], 2)} 倍"
                f"（{interval(odds[1], odds[2], 'zh', 2)}）。",
            ).in_(language)
        )
    gains = [
        Text(
            f"{signed(100 * own[name]['change'], 1)} points with {what.en}",
            f"{what.zh}，份额 {signed(100 * own[name]['change'], 1)} 个百分点",
        ).in_(language)
        for name, what in (
            ("own_cost_down_5", Text("5 % less cost", "成本降 5%")),
            ("own_value_up_5", Text("5 % more value", "价值升 5%")),
        )
        if name in own
    ]
    if gains:
        told.append(
            Text(
                f"Our share would move by {listing(gains, 'en')}, were nothing else to change.",
                f"若其他不变：{'；'.join(gains)}。",
            ).in_(language)
        )
    return ("" if language == "zh" else " ").join(told)


def _choice_figures(
    used: Row, own: Mapping[str, Row], basis: Basis, language: Language
) -> tuple[Figure, ...]:
    written = level(basis.settings.confidence, language)
    hit = share_interval(used["hit_rate_low"], used["hit_rate_high"], language, 0)
    colon = Text(": ", "：").in_(language)
    figures = [
        Figure(
            Text("Later choices predicted", "预测命中的后续选择").in_(language),
            percent(used["hit_rate"], language),
            f"{written}{colon}{hit}; n = {number(used['choices_after'])}".replace(
                "; ", Text("; ", "；").in_(language)
            ),
            "good" if used["verdict"] == "better" else "plain",
        )
    ]
    if "now" in own:
        row = own["now"]
        actual = percent(row["actual"], language)
        figures.append(
            Figure(
                Text("Our expected share", "我们的预期份额").in_(language),
                percent(row["share"], language),
                Text(f"actually {actual}", f"实际 {actual}").in_(language),
            )
        )
    return tuple(figures)


def _share_dot(row: Row, scenario: str, language: Language) -> Dot:
    name = Text("We", "我们").in_(language) if row["option_id"] == _OWN else str(row["option_id"])
    if scenario == "now":
        actual = percent(row["actual"], language, 0)
        word = Text(f"(actually {actual})", f"（实际 {actual}）").in_(language)
        more = False
    else:
        points = signed(100 * row["change"], 1)
        word = Text(f"({points} points)", f"（{points} 个百分点）").in_(language)
        more = row["option_id"] == _OWN and row["change_low"] > 0
    return Dot(
        name,
        100 * row["share"],
        100 * row["share_low"],
        100 * row["share_high"],
        tone="good" if more else "plain",
        word=word,
    )
