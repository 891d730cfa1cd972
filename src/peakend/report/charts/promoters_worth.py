"""What promoters, passives and detractors are worth; and whose satisfaction pays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, level, listing, money, number, percent

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

WORTH = "promoters_worth"
FOCUS = "value_focus"
FACTORS = "key_factors"
Row = Mapping[str, Any]

FEELINGS = {
    "promoter": Text("Promoters", "推荐者"),
    "passive": Text("Passives", "中立者"),
    "detractor": Text("Detractors", "贬损者"),
}
MEASURES = {
    "lifetime_value": Text("Lifetime value ahead", "预期终身价值"),
    "profit": Text("Profit so far", "迄今利润"),
    "referral": Text("Value of referrals", "推荐价值"),
    "spent_after": Text("Spent in the 180 days after", "应答后 180 天消费"),
    "spent_after_alike": Text("The same, alike before", "同上，此前消费相近者"),
}
VERDICTS = {
    "more": Text("more", "更高"),
    "less": Text("less", "更低"),
    "cannot_tell": Text("cannot tell", "不能断定"),
}
BANDS = {
    "inside": Text("inside the 6 to 14 times that the trade quotes", "在业界常说的 6–14 倍之内"),
    "below": Text("below the 6 to 14 times that the trade quotes", "低于业界常说的 6–14 倍"),
    "above": Text("above the 6 to 14 times that the trade quotes", "高于业界常说的 6–14 倍"),
    "cannot_tell": Text(
        "it cannot be told whether it lies in the 6 to 14 times that the trade quotes",
        "尚不能断定是否在业界常说的 6–14 倍之内",
    ),
}


class PromotersWorth:
    """How many times a detractor's a promoter's money is, by measure."""

    needs = (WORTH,)
    by_programme = False

    def _promoters(self, basis: Basis) -> list[Row]:
        rows = basis[WORTH].sort_by("position").to_pylist()
        return [r for r in rows if r["feeling"] == "promoter" and not r["hidden"] and r["ratio"] is not None]

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = {row["measure"]: row for row in self._promoters(basis)}
        first = rows.get("lifetime_value") or next(iter(rows.values()), None)
        if first is None:
            return None
        return Finding(
            headline=_headline(first, language),
            lede=_lede(first, rows, language),
            figures=_figures(basis, language),
            reading=Text(
                "How many times as much as a detractor a promoter is worth, with the interval; 1 is the "
                "same. n: promoters.",
                "推荐者的价值是贬损者的多少倍及其区间；1 为相同。n 为推荐者人数。",
            ).in_(language),
            caution=Text(
                "Who is satisfied and who spends may have a common cause. “Alike before” compares "
                "customers who had spent alike before they answered; nearer to an effect, and still none.",
                "满意与消费可能有共同原因。“此前消费相近”在应答前消费相近的客户间比较，更接近效果，但仍不是因果。",
            ).in_(language),
            next_step=_next_step(rows, language),
            weight=55,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._promoters(basis)
        if not rows:
            return None
        drawn = [
            Dot(
                MEASURES[row["measure"]].in_(language),
                row["ratio"],
                row["ratio_low"],
                row["ratio_high"],
                base=number(row["customers"]),
                tone="good" if row["verdict"] == "more" else "act" if row["verdict"] == "less" else "plain",
                word=VERDICTS[row["verdict"]].in_(language) if row["verdict"] else "",
            )
            for row in rows
        ]
        return dots(drawn, width, language, decimals=1, suffix="×", base_title=Text("n", "n"))

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return WORTH, basis[WORTH].sort_by("position")


class ValueFocus:
    """From all customers to those of the highest value whose key factors fail."""

    needs = (FOCUS, FACTORS)
    by_programme = False

    def _steps(self, basis: Basis) -> list[Row]:
        rows: list[Row] = basis[FOCUS].sort_by("position").to_pylist()
        return [row for row in rows if not row["hidden"] and row["customers"]]

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = {row["step"]: row for row in self._steps(basis)}
        everybody, high = rows.get("all"), rows.get("high_value")
        if everybody is None or high is None or high["worth_share"] is None:
            return None
        if everybody["satisfaction"] is None:
            return None
        n, missed = number(high["customers"]), rows.get("key_factors")
        tail = ""
        if missed:
            tail = Text(
                f"; {number(missed['customers'])} of them rated a key factor badly",
                f"，其中 {number(missed['customers'])} 位对关键因素评价偏低",
            ).in_(language)
        share = percent(high["worth_share"], language)
        return Finding(
            headline=Text(
                f"{n} customers of high value bring {share} of the worth",
                f"{n} 位高价值客户贡献了 {share}的价值",
            ).in_(language)
            + tail,
            lede=_focus_lede(basis, high, language),
            figures=_focus_figures(basis, rows, language),
            reading=Text(
                "Each step is a part of the one above it. Left: customers, right: what they are worth, as "
                "shares of all. More than 100 % is possible: others lose money.",
                "每一步都是上一步的一部分。左为客户占比，右为价值占比；因有亏损客户，价值占比可能超过 100%。",
            ).in_(language),
            caution=Text(
                "“Returns” rest on the assumption that a point of satisfaction costs the same everywhere, "
                "and on an association, not on an experiment.",
                "“回报”假设每提高一分满意度的成本对所有人相同，且依据相关关系而非试验。",
            ).in_(language),
            next_step=_focus_step(basis, missed, language),
            weight=54,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = [row for row in self._steps(basis) if row["worth_share"] is not None]
        if not rows:
            return None
        most = rows[0]["customers"]
        drawn = [
            BarRow(
                STEPS[row["step"]].in_(language),
                (
                    Bar(((row["customers"] / most, "line-2"),), number(row["customers"])),
                    Bar(((max(row["worth_share"], 0.0), "brand"),), percent(row["worth_share"], language)),
                ),
                strong=row["step"] == "high_value",
            )
            for row in rows
        ]
        heads = (Column(Text("customers", "客户")), Column(Text("worth", "价值")))
        return bars(drawn, heads, width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return FOCUS, basis[FOCUS].sort_by("position")


STEPS = {
    "all": Text("All customers", "全部客户"),
    "value": Text("They bring profit", "价值客户（有利润）"),
    "high_value": Text("High value", "高价值客户"),
    "key_factors": Text("A key factor fails", "关键因素未满足"),
}
PROMOTERS = PromotersWorth()
VALUE_FOCUS = ValueFocus()


def _headline(row: Row, language: Language) -> str:
    times = number(row["ratio"], 1)
    what = MEASURES[row["measure"]].in_(language)
    if row["verdict"] == "cannot_tell":
        return Text(
            "Promoters are worth about as much as detractors, as far as can be told",
            "就现有数据而言，推荐者与贬损者的价值难分高下",
        ).in_(language)
    return Text(
        f"A promoter is worth {times} times a detractor ({what[:1].lower()}{what[1:]})",
        f"推荐者的价值是贬损者的 {times} 倍（{what}）",
    ).in_(language)


def _lede(first: Row, rows: Mapping[str, Row], language: Language) -> str:
    sentences = []
    if first.get("band"):
        ends = interval(first["ratio_low"], first["ratio_high"], language, 1)
        band = BANDS[first["band"]]
        sentences.append(
            Text(
                f"{number(first['ratio'], 1)} times ({ends}): {band.en}.",
                f"{number(first['ratio'], 1)} 倍（{ends}）：{band.zh}。",
            ).in_(language)
        )
    naive, alike = rows.get("spent_after"), rows.get("spent_after_alike")
    if naive and alike:
        sentences.append(
            Text(
                f"In the half year after they answered promoters spent {number(naive['ratio'], 1)} times "
                f"what detractors did, {number(alike['ratio'], 1)} times among customers alike before.",
                f"应答后半年内，推荐者的消费是贬损者的 {number(naive['ratio'], 1)} 倍；在此前消费相近者中为 "
                f"{number(alike['ratio'], 1)} 倍。",
            ).in_(language)
        )
    return ("" if language == "zh" else " ").join(sentences)


def _figures(basis: Basis, language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    rows = basis[WORTH].sort_by("position").to_pylist()
    first = rows[0]["measure"] if rows else ""
    return tuple(
        Figure(
            f"{FEELINGS[row['feeling']].in_(language)} · {MEASURES[first].in_(language)}",
            money(row["mean"], row["currency"]),
            f"{named} {interval(row['low'], row['high'], language)} · n = {number(row['customers'])}",
        )
        for row in rows
        if row["measure"] == first and not row["hidden"]
    )


def _next_step(rows: Mapping[str, Row], language: Language) -> NextStep:
    alike = rows.get("spent_after_alike")
    if alike is not None and alike["verdict"] == "more":
        what = Text(
            "Call back detractors of high value within two days, half of them by chance.",
            "两日内回访高价值贬损者，随机抽取一半执行，以便看清效果。",
        )
    else:
        what = Text(
            "Do not budget with a promoter's worth yet; ask more customers and follow what they spend.",
            "暂勿以“推荐者价值”编制预算；先扩大调查并追踪后续消费。",
        )
    return NextStep(
        who=Text("Customer experience and finance together", "客户体验与财务共同").in_(language),
        what=what.in_(language),
        check=Text("In half a year: what both halves spent since.", "半年后比较两组此后的消费。").in_(
            language
        ),
    )


def _focus_lede(basis: Basis, high: Row, language: Language) -> str:
    key = [row for row in basis[FACTORS].sort_by("position").to_pylist() if row["key"]]
    names = [basis.segment("touchpoint", row["touchpoint_id"], language) for row in key]
    sentences = []
    if names:
        listed = listing(names, language)
        sentences.append(
            Text(
                f"What goes most with their satisfaction: {listed}.",
                f"与其满意度关系最密切的是：{listed}。",
            ).in_(language)
        )
    if high["spread_over_aimed"] is not None:
        value = percent(max(high["spread_over_aimed"], 0.0), language)
        ends = interval(100 * high["spread_low"], 100 * high["spread_high"], language)
        sentences.append(
            Text(
                f"The same budget spread on everybody would return {value} ({ends}) of what it returns "
                "aimed at them.",
                f"同一预算若平均投放，回报约为瞄准他们时的 {value}（{ends}）。",
            ).in_(language)
        )
    else:
        sentences.append(
            Text(
                "Whether a budget aimed at them returns more cannot be told from these data.",
                "现有数据尚不能断定瞄准他们投放是否回报更高。",
            ).in_(language)
        )
    return ("" if language == "zh" else " ").join(sentences)


def _focus_figures(basis: Basis, rows: Mapping[str, Row], language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    figures = []
    for step in ("all", "high_value", "key_factors"):
        row = rows.get(step)
        if row is None or row["satisfaction"] is None:
            continue
        label = Text("Recommendation, 0 to 10", "推荐分（0–10）").in_(language)
        figures.append(
            Figure(
                f"{STEPS[step].in_(language)} · {label}",
                number(row["satisfaction"], 1),
                f"{named} {interval(row['low'], row['high'], language, 1)} · n = {number(row['answered'])}",
            )
        )
    return tuple(figures)


def _focus_step(basis: Basis, missed: Row | None, language: Language) -> NextStep | None:
    if missed is None:
        return None
    n = number(missed["customers"])
    return NextStep(
        who=Text("The owners of these touchpoints", "相关接触点负责人").in_(language),
        what=Text(
            f"Call the {n} customers of high value who rated a key factor badly; mend what they name most.",
            f"联系对关键因素评价偏低的 {n} 位高价值客户，先改进他们提得最多的问题。",
        ).in_(language),
        check=Text(
            "Their next rating of that touchpoint, and how many still buy in half a year.",
            "他们下一次对该接触点的评分，以及半年后仍购买的人数。",
        ).in_(language),
    )
