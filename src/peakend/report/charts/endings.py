"""How journeys end: what gestures lift, and who buys again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, level, money, number, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec
    from peakend.report.finding import Tone

Row = dict[str, Any]


class Gestures:
    """What gestures at the end lift for what they cost."""

    needs = ("end_gestures",)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        return [
            row
            for row in basis["end_gestures"].to_pylist()
            if not row["hidden"] and row["overall"] is not None
        ]

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not rows:
            return None
        tried = [row for row in rows if row["basis"] != "projection"]
        lifting = [row for row in tried if row["verdict"] == "lifts"]
        return Finding(
            headline=_gesture_headline(lifting, tried, rows, language),
            lede=Text(
                "A small thing at the end costs little and is remembered; whether it pays is another "
                "question.",
                "终点的小举措花费不多却被记住；是否划算则需另看。",
            ).in_(language),
            figures=tuple(
                figure
                for row in (lifting or tried or rows)[:2]
                for figure in _gesture_figures(basis, row, language)
            ),
            reading=Text(
                "Dots are the lift of the remembered whole (−1 to 1) against customers without the gesture, "
                f"lines {level(basis.settings.confidence, 'en')} intervals. “Projected” ones were not tried: "
                "they take the weight of ends times half a step of a five-point scale.",
                f"圆点为与未得到该举措的客户相比，总体评分（−1 至 1）的提升；线段为"
                f"{level(basis.settings.confidence, 'zh')}。“推算”者未经试验：终值权重乘以五级量表的半级。",
            ).in_(language),
            caution=""
            if all(row["basis"] == "experiment" for row in rows)
            else Text(
                "Only what was drawn by lot shows an effect; the others show what goes together.",
                "只有随机试验说明效果，其余只说明关联。",
            ).in_(language),
            next_step=None if tried else _try_one(language),
            weight=50 if lifting else 20,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        drawn = [
            Dot(
                row["name"] + (Text(" (projected)", "（推算）").in_(language) if not row["arm"] else ""),
                row["overall"],
                row["overall_low"],
                row["overall_high"],
                number(row["customers"]) if row["customers"] else "–",
                "good" if row["verdict"] == "lifts" else "act" if row["verdict"] == "lowers" else "plain",
            )
            for row in rows
        ]
        return (
            dots(drawn, width, language, decimals=2, base_title=Text("customers", "客户")) if drawn else None
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return "end_gestures", basis["end_gestures"]


def _gesture_headline(
    lifting: Sequence[Row], tried: Sequence[Row], rows: Sequence[Row], language: Language
) -> str:
    if not lifting:
        name = (tried or rows)[0]["name"]
        if not tried:
            return Text(
                f"No gesture at the end was tried yet; {name} promises most for its cost",
                f"尚未试行终点举措；按成本计，{name}最值得一试",
            ).in_(language)
        return Text(f"Whether {name} is remembered cannot be told", f"{name}是否被记住，尚不能断定").in_(
            language
        )
    first = lifting[0]
    said = {
        "pays": Text(" and pays", "，而且划算"),
        "loses": Text(" but costs more than it brings", "，但得不偿失"),
        "cannot_tell": Text("; whether it pays cannot be told", "；是否划算尚不能断定"),
    }.get(first["payback"] or "")
    head = Text(f"{first['name']} is remembered", f"{first['name']}被客户记住").in_(language)
    return head + (said.in_(language) if said else "")


def _gesture_figures(basis: Basis, row: Row, language: Language) -> list[Figure]:
    named = level(basis.settings.confidence, language)
    ends = interval(row["overall_low"], row["overall_high"], language, 2)
    tone: Tone = "good" if row["verdict"] == "lifts" else "plain"
    lift = Text(", lift of the whole", "，总体评分提升").in_(language)
    figures = [Figure(row["name"] + lift, signed(row["overall"], 2), f"{named} {ends}", tone)]
    if row["net"] is not None:
        net = Text("Margin brought minus cost, a customer", "每客增加的毛利减成本").in_(language)
        between = interval(row["net_low"], row["net_high"], language, 2)
        cost = money(row["unit_cost"], row["currency"], 2)
        note = Text(f"{named} {between} · costs {cost}", f"{named} {between} · 成本 {cost}").in_(language)
        good: Tone = {"pays": "good", "loses": "act"}.get(row["payback"] or "", "plain")  # type: ignore[assignment]
        figures.append(Figure(net, money(row["net"], row["currency"], 2), note, good))
    return figures


def _try_one(language: Language) -> NextStep:
    return NextStep(
        Text("The owner of the journey's end", "旅程终点负责人").in_(language),
        Text("Try it by lot on two hundred customers.", "随机选两百位客户试行。").in_(language),
        Text("The lift with its interval.", "提升幅度及其区间。").in_(language),
    )


BANDS = {
    "low": Text("Remembered as bad", "印象差"),
    "middle": Text("Remembered as middling", "印象一般"),
    "high": Text("Remembered as good", "印象好"),
}


class Repurchase:
    """The share who buy again, by what they remember."""

    needs = ("memory_repurchase", "memory_link")
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows = [row for row in basis["memory_repurchase"].to_pylist() if not row["hidden"]]
        return sorted(rows, key=lambda row: -row["place"])

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        links = {row["kind"]: row for row in basis["memory_link"].to_pylist()}
        adjusted = links.get("adjusted")
        if len(rows) < 2 or adjusted is None:
            return None
        told = adjusted["verdict"]
        headline = {
            "more_often": Text(
                "Those who remember it as good buy again more often", "印象越好，越常再次购买"
            ),
            "less_often": Text(
                "Those who remember it as good buy again less often", "印象越好，反而越少再次购买"
            ),
            "cannot_tell": Text(
                "Whether a good memory brings the next purchase cannot be told",
                "好印象是否带来下次购买，尚不能断定",
            ),
        }[told]
        return Finding(
            headline=headline.in_(language),
            lede=Text(
                "Among customers with as many orders before, within 90 days of their last journey.",
                "在以往订单数相同的客户中，最近一段旅程后 90 天内。",
            ).in_(language),
            figures=_link_figures(basis, links, language),
            reading=Text(
                "Dots are shares who bought within 90 days, by the score of the whole given after the "
                f"journey; lines {level(basis.settings.confidence, 'en')} intervals.",
                f"圆点为 90 天内再次购买的占比，按旅程后的总体评分分组；线段为"
                f"{level(basis.settings.confidence, 'zh')}。",
            ).in_(language),
            caution=Text(
                "It goes together; that the memory brings the purchase only an experiment can show.",
                "这只是关联：记忆是否带来购买，须由试验证明。",
            ).in_(language),
            weight=42 if told != "cannot_tell" else 14,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = [
            Dot(
                BANDS[row["band"]].in_(language),
                100 * row["share"],
                100 * row["share_low"],
                100 * row["share_high"],
                number(row["n"]),
            )
            for row in self._rows(basis)
        ]
        title = Text("customers", "客户")
        return dots(rows, width, language, decimals=0, suffix="%", limits=(0, 100), base_title=title)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return "memory_repurchase", basis["memory_repurchase"]


def _link_figures(basis: Basis, links: dict[str, Row], language: Language) -> tuple[Figure, ...]:
    labels = {
        "adjusted": Text(
            "Odds of buying again, each step of 0.2 up (adjusted)", "总体评分每升 0.2，复购优势（已调整）"
        ),
        "naive": Text("The same without adjustment", "未调整"),
    }
    return tuple(
        Figure(
            labels[kind].in_(language),
            f"× {number(links[kind]['odds_ratio'], 2)}",
            f"{level(basis.settings.confidence, language)} "
            f"{interval(links[kind]['odds_ratio_low'], links[kind]['odds_ratio_high'], language, 2)} · "
            f"n = {number(links[kind]['n'])}",
        )
        for kind in ("adjusted", "naive")
        if kind in links and links[kind]["odds_ratio"] is not None
    )


GESTURES = Gestures()
REPURCHASE = Repurchase()
