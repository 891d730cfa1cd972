"""Small errors, conflicting facts, and how visits go: what customers meet in passing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.language import Language, Text
from peakend.report.charts.dots import Dot, dots
from peakend.report.charts.service_words import Row, named
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import interval, level, listing, number, percent, share_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec
    from peakend.report.finding import Tone

MOST_ROWS = 16
MOST_TOUCHPOINTS = 2
FEW = 3
ASPECTS = {
    "timeliness": Text("timeliness", "及时性"),
    "conduct": Text("conduct", "规范性"),
    "quality": Text("quality", "合格性"),
    "manner": Text("manner", "礼仪态度"),
    "procedure": Text("procedure", "工作规范"),
    "efficiency": Text("efficiency", "工作效率"),
    "on_time": Text("on time", "准时到达"),
    "checklist": Text("checklist complete", "检查全过"),
    "first_time_fix": Text("fixed the first time", "一次修复"),
}


class Facts:
    """Facts told differently in different places, and contact data that cannot be right."""

    needs = ("fact_conflicts", "facts_checked")
    by_programme = False

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        checked = basis["facts_checked"].to_pylist()
        if not checked:
            return None
        rows = basis["fact_conflicts"].to_pylist()
        facts, told = (sum(row[name] for row in checked) for name in ("facts", "told"))
        if not rows:
            return Finding(
                headline=Text("The same facts are told everywhere", "各处告知客户的信息一致").in_(language),
                lede=Text(
                    f"{number(facts)} facts told in more than one place were compared, {number(told)} "
                    "readings checked.",
                    f"比较了 {number(facts)} 条多处发布的信息，校验了 {number(told)} 处内容。",
                ).in_(language),
                weight=8,
            )
        conflicting = len({(row["subject"], row["attribute"]) for row in rows if row["kind"] != "invalid"})
        invalid = sum(row["kind"] != "conflict" for row in rows)
        return Finding(
            headline=_facts_headline(conflicting, invalid, language),
            lede=Text(
                f"{number(facts)} facts told in more than one place were compared. Customers believe what "
                "they were told first.",
                f"共比较 {number(facts)} 条多处发布的信息。客户往往相信最先得到的说法。",
            ).in_(language),
            figures=tuple(_fact(row, language) for row in rows[:6]),
            reading=Text(
                "A fact is what a place told last. Prices, phone numbers and links written in two ways count "
                "as the same.",
                "以各处最近一次告知的内容为准；同一价格、电话或链接的不同写法视为一致。",
            ).in_(language),
            caution=Text(
                "The majority may be wrong: look at what is true before you correct the minority.",
                "多数说法也可能有误：先核实，再更正少数。",
            ).in_(language),
            next_step=NextStep(
                Text("The owner of each channel", "各渠道负责人").in_(language),
                Text(
                    "Correct what is told, and name one source for it.", "更正告知内容，并指定唯一来源。"
                ).in_(language),
                Text("Read the same places again next week.", "下周复查同样各处。").in_(language),
            ),
            weight=45,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        return None

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return "fact_conflicts", basis["fact_conflicts"]


def _facts_headline(conflicting: int, invalid: int, language: Language) -> str:
    parts = []
    if conflicting:
        parts.append(
            Text(
                f"{conflicting} {'fact is' if conflicting == 1 else 'facts are'} told differently in "
                "different places",
                f"{conflicting} 条信息各处说法不一",
            ).in_(language)
        )
    if invalid:
        parts.append(
            Text(f"{invalid} cannot be right", f"{invalid} 处内容明显有误").in_(language)
            if parts
            else Text(
                f"{invalid} published {'fact' if invalid == 1 else 'facts'} cannot be right",
                f"{invalid} 处对外信息明显有误",
            ).in_(language)
        )
    return Text(" and ", "，").in_(language).join(parts)


def _fact(row: Row, language: Language) -> Figure:
    said = []
    if row["told_elsewhere"]:
        said.append(
            Text(f"elsewhere {row['told_elsewhere']}", f"其他处为 {row['told_elsewhere']}").in_(language)
        )
    if row["reason_en"]:
        said.append(row[f"reason_{language}"])
    label = f"{shortened_to(row['subject'], 40)}, {row['attribute']} · {row['told_at']}"
    return Figure(label, shortened_to(row["told"], 30), " · ".join(said), "act")


class Defects:
    """Small errors per thousand interactions, touchpoint by touchpoint."""

    needs = ("defect_density",)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows = [row for row in basis["defect_density"].to_pylist() if row["cut"] == "all"]
        return sorted(rows, key=lambda row: (-row["per_thousand"], row["touchpoint_id"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not any(row["defects"] for row in rows):
            return None
        dense = [row for row in rows if row["verdict"] == "more"]
        parts = [
            row
            for row in basis["defect_density"].to_pylist()
            if row["cut"] == "channel" and row["verdict"] == "more"
        ]
        worst = sorted(parts, key=lambda row: -row["ratio"])[:1]
        total, events = sum(row["defects"] for row in rows), sum(row["events"] for row in rows)
        still = sum(row["still_open"] for row in rows)
        return Finding(
            headline=self._headline(basis, dense, language),
            lede=Text(
                f"{number(total)} small errors were logged in {number(events)} interactions; {number(still)} "
                "are not put right yet.",
                f"{number(events)} 次互动中登记小差错 {number(total)} 处，其中 {number(still)} 处尚未修复。",
            ).in_(language),
            figures=self._figures(basis, [*dense[:1], *worst], language),
            reading=Text(
                "Dots are logged errors per 1,000 interactions, lines "
                f"{level(basis.settings.confidence, 'en')} intervals. A coloured one has more than "
                "the rest after Holm's correction.",
                f"圆点为每千次互动登记的差错数，线段为{level(basis.settings.confidence, 'zh')}。"
                "着色者经 Holm 校正后多于其余。",
            ).in_(language),
            caution=Text(
                "Where nobody looks nothing is logged: a low density may be a blind spot.",
                "无人留意之处便无登记：密度低也可能是盲区。",
            ).in_(language),
            next_step=None
            if not dense
            else NextStep(
                basis.owners.get(dense[0]["touchpoint_id"])
                or Text("The owner of the touchpoint", "该接触点负责人").in_(language),
                Text(
                    "Go through it as a customer once a week and mend what you meet.",
                    "每周以客户身份走一遍，遇到即改。",
                ).in_(language),
                Text("The density next month.", "下月的差错密度。").in_(language),
            ),
            weight=38 if dense else 12,
        )

    def _headline(self, basis: Basis, dense: Sequence[Row], language: Language) -> str:
        if not dense:
            return Text(
                "Small errors are met about equally often everywhere", "各处小差错的密度没有可断定的差别"
            ).in_(language)
        names = listing([named(basis, row, language) for row in dense[:FEW]], language)
        times = number(dense[0]["ratio"], 1)
        return Text(
            f"Small errors pile up at {names}: {times} times as many as elsewhere",
            f"小差错集中在{names}：密度为其他处的 {times} 倍",
        ).in_(language)

    def _figures(self, basis: Basis, rows: Sequence[Row], language: Language) -> tuple[Figure, ...]:
        figures = []
        for row in rows:
            ends = interval(row["per_thousand_low"], row["per_thousand_high"], language, 1)
            note = f"{level(basis.settings.confidence, language)} {ends}"
            if row["emotion_gap_high"] is not None and row["emotion_gap_high"] < 0:
                gap = number(row["emotion_gap"], 2)
                note += Text(f" · feeling {gap} where one is met", f" · 遇到者感受 {gap}").in_(language)
            per = Text("per 1,000", "每千次").in_(language)
            figures.append(
                Figure(
                    f"{named(basis, row, language)}, {per}",
                    number(row["per_thousand"], 1),
                    note,
                    "act",
                )
            )
        return tuple(figures)

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = [
            Dot(
                named(basis, row, language),
                row["per_thousand"],
                row["per_thousand_low"],
                row["per_thousand_high"],
                number(row["events"]),
                "act" if row["verdict"] == "more" else "plain",
            )
            for row in self._rows(basis)[:MOST_ROWS]
        ]
        return dots(rows, width, language, decimals=1, base_title=Text("events", "次互动")) if rows else None

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return "defect_density", basis["defect_density"]


class Visits:
    """How visits go: aspects and shares over all sites, and the sites that stand apart."""

    needs = ("visit_quality", "visit_items")
    by_programme = False

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = [row for row in basis["visit_quality"].to_pylist() if not row["hidden"]]
        if not rows:
            return None
        worse = sorted(
            (row for row in rows if row["verdict"] == "worse"),
            key=lambda row: (row["p_adjusted"], row["site_id"]),
        )
        items = [row for row in basis["visit_items"].to_pylist() if not row["hidden"] and row["missed"]]
        missed = sorted(items, key=lambda row: -row["share"])[:1]
        return Finding(
            headline=self._headline(basis, rows, worse, language),
            lede=self._lede(missed, language),
            figures=tuple(self._figure(basis, row, language) for row in (worse or rows)[:FEW]),
            reading=Text(
                "Mean score of the checks of an aspect, or share of visits, over all sites; marked ↳ are "
                f"sites that stand apart. Lines are {level(basis.settings.confidence, 'en')} intervals.",
                "各方面检查的平均得分或达到的服务占比（全部网点）；↳ 为与众不同的网点。线段为"
                f"{level(basis.settings.confidence, 'zh')}。",
            ).in_(language),
            caution=Text(
                "Checks are only as honest as those who fill them in.", "检查结果的真实程度取决于填写者。"
            ).in_(language),
            next_step=NextStep(
                Text("The head of the site", "网点负责人").in_(language),
                Text(
                    "Go along on two visits and practise the missed item.", "随访两次，演练被遗漏的检查项。"
                ).in_(language),
                Text("The share missed next month.", "下月的遗漏占比。").in_(language),
            ),
            weight=36 if worse else 12,
        )

    def _headline(self, basis: Basis, rows: Sequence[Row], worse: Sequence[Row], language: Language) -> str:
        if worse:
            site = basis.segment("site", worse[0]["site_id"], language)
            what = ASPECTS[worse[0]["measure"]].in_(language)
            value = percent(worse[0]["value"], language)
            return Text(
                f"{site} falls behind in service visits: {what} {value}", f"{site}的服务落后：{what}{value}"
            ).in_(language)
        whole = [row for row in rows if not row["site_id"] and row["measure"] in {"checklist", "on_time"}]
        if whole:
            value = percent(whole[0]["value"], language)
            what = ASPECTS[whole[0]["measure"]].in_(language)
            return Text(
                f"No site stands apart in service visits; {what}: {value}",
                f"各网点服务没有可断定的差别；{what}：{value}",
            ).in_(language)
        return Text("No site stands apart in service visits", "各网点服务没有可断定的差别").in_(language)

    def _lede(self, missed: Sequence[Row], language: Language) -> str:
        if not missed:
            return Text("No item of the checklists is missed.", "检查表各项均无遗漏。").in_(language)
        row = missed[0]
        item = (row["item_zh"] if language == "zh" else None) or row["item"]
        share = percent(row["share"], language)
        n = number(row["checked"])
        return Text(
            f"Missed most often: {item}, in {share} of {n} visits.",
            f"最常遗漏：{item}，占 {n} 次服务的{share}。",
        ).in_(language)

    def _figure(self, basis: Basis, row: Row, language: Language) -> Figure:
        where = basis.segment("site", row["site_id"], language) if row["site_id"] else ""
        label = " · ".join(part for part in (ASPECTS[row["measure"]].in_(language), where) if part)
        tone: Tone = "act" if row["verdict"] == "worse" else "good" if row["verdict"] == "better" else "plain"
        ends = share_interval(row["value_low"], row["value_high"], language)
        return Figure(
            label,
            percent(row["value"], language),
            f"{level(basis.settings.confidence, language)} {ends} · n = {number(row['n'])}",
            tone,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = [row for row in basis["visit_quality"].to_pylist() if not row["hidden"]]
        several = len({row["touchpoint_id"] for row in rows}) > 1
        drawn: list[Dot] = []
        apart = {row["touchpoint_id"]: row["verdict"] != "worse" for row in reversed(rows)}
        for row in rows:
            apart[row["touchpoint_id"]] &= row["verdict"] != "worse"
        for touchpoint in sorted(apart, key=lambda one: (apart[one], one))[:MOST_TOUCHPOINTS]:
            if several:
                drawn.append(Dot(basis.segment("touchpoint", touchpoint, language), heading=True))
            inside = [row for row in rows if row["touchpoint_id"] == touchpoint]
            for row in inside:
                if row["site_id"] and row["verdict"] == "cannot_tell":
                    continue
                drawn.append(self._dot(basis, row, language))
        return dots(
            drawn, width, language, decimals=0, suffix="%", limits=(0, 100), base_title=Text("visits", "次")
        )

    def _dot(self, basis: Basis, row: Row, language: Language) -> Dot:
        what = ASPECTS[row["measure"]].in_(language)
        label = f"↳ {basis.segment('site', row['site_id'], language)}" if row["site_id"] else what
        tone: Tone = "act" if row["verdict"] == "worse" else "good" if row["verdict"] == "better" else "plain"
        low, high = (None if row[end] is None else 100 * row[end] for end in ("value_low", "value_high"))
        return Dot(label, 100 * row["value"], low, high, number(row["n"]), tone)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return "visit_quality", basis["visit_quality"]


FACTS = Facts()
DEFECTS = Defects()
VISITS = Visits()
