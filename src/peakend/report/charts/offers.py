"""Our offer beside those of competitors: rating and price on a map, and what customers choose."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.dots import Dot, dots
from peakend.report.charts.numbered_map import Spot, numbered_map
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import (
    day,
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

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec
    from peakend.report.finding import Tone

    Row = Mapping[str, Any]

_RELATIVE = "relative_value"
_SHARES, _PREDICTIONS, _COEFFICIENTS = "choice_shares", "choice_predictions", "choice_coefficients"
_PREMIUM = "price_premium"
_ALL, _OWN = "(all)", "own"
_TENTH = 0.1
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
            reading=Text(
                f"Dot: share of the {number(used['choices_after'])} later choices each offer is expected "
                f"to get; line: {level(basis.settings.confidence, 'en')} interval of the weights. "
                "Behind it: what they really got, then the change in points.",
                f"圆点：较晚 {number(used['choices_after'])} 次选择中各家的预期份额；"
                f"线为系数的 {level(basis.settings.confidence, 'zh')}。其后为实际份额，或变化的百分点。",
            ).in_(language),
            caution=Text(
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


RELATIVE = RelativeValue()
CHOSEN = ChosenShares()

_SCENARIOS = {
    "now": Text("As it is", "现状"),
    "own_cost_down_5": Text("Our cost 5\u00a0% lower", "客户成本降 5%"),
    "own_value_up_5": Text("Our value 5\u00a0% higher", "客户价值升 5%"),
}


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
