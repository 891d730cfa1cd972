"""Designed against lived: step by step, what is skipped and what is done again or at another time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.diverging import Pair, diverging
from peakend.report.charts.journey_words import name_of
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import level, number, percent, share_interval

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

CONFORMANCE, DEVIATIONS = "design_conformance", "design_deviations"
Row = dict[str, Any]
_KINDS = {
    "skipped": Text("is skipped", "被跳过"),
    "repeated": Text("is repeated", "重复发生"),
    "out_of_order": Text("comes out of order", "次序颠倒"),
    "unexpected": Text("happens although it is not designed there", "在设计之外发生"),
    "late": Text("comes later than designed", "晚于设计时限"),
}
_DO = {
    "skipped": Text(
        "Find out whether customers need this step; if so, lead them to it.",
        "查明客户是否需要这一步；需要则加以引导。",
    ),
    "repeated": Text("Ask what is not settled the first time.", "查明第一次为何没有办妥。"),
    "out_of_order": Text(
        "Ask whether the lived order serves customers better, and change one of the two.",
        "判断实际次序是否更合客户之意，并据此修改设计或流程。",
    ),
    "unexpected": Text(
        "Decide whether the design should have this step, or nobody should need it.",
        "决定是把这一步纳入设计，还是使其不再需要。",
    ),
    "late": Text("Find where the time goes before this step.", "查明这一步之前的时间耗在何处。"),
}


class Designed:
    """Bars to the left: skipped; to the right: repeated; in the order of the design."""

    needs = (DEVIATIONS, CONFORMANCE)
    by_programme = False

    def _version(self, basis: Basis) -> Row | None:
        """The version with the latest journeys to tell of: of the busiest design the last that has any."""
        rows = [
            row
            for row in basis[CONFORMANCE].to_pylist()
            if row["share"] is not None and row["state"] == "checked"
        ]
        if not rows:
            return None
        sums: dict[str, int] = {}
        for row in rows:
            sums[row["design_id"]] = sums.get(row["design_id"], 0) + row["journeys"]
        busiest = max(sorted(sums), key=lambda name: sums[name])
        own = [row for row in rows if row["design_id"] == busiest]
        latest: Row = max(own, key=lambda row: (str(row["valid_from"] or ""), row["version"]))
        return latest

    def _rows(self, basis: Basis, version: Row) -> list[Row]:
        return [
            row
            for row in basis[DEVIATIONS].to_pylist()
            if (row["design_id"], row["version"]) == (version["design_id"], version["version"])
            and not row["hidden"]
        ]

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        version = self._version(basis)
        if version is None:
            return None
        rows = self._rows(basis, version)
        worst = max(rows, key=lambda row: (row["share_low"], row["kind"], row["touchpoint_id"]), default=None)
        named = level(basis.settings.confidence, language)
        share = percent(version["share"], language)
        more = ""
        if worst is not None:
            name = _name(basis, worst, language)
            kind, of = _KINDS[worst["kind"]], percent(worst["share"], language)
            more = Text(f"; {name} {kind.en} in {of}", f"；{name}在 {of}的旅程中{kind.zh}").in_(language)
        return Finding(
            headline=Text(f"{share} of journeys go exactly as designed", f"{share}的旅程完全按设计进行").in_(
                language
            )
            + more,
            lede=_lede(basis, version, language),
            figures=(
                Figure(
                    Text("Exactly as designed", "完全符合设计").in_(language),
                    percent(version["share"], language, 1),
                    f"{named} {share_interval(version['share_low'], version['share_high'], language)} · "
                    f"n = {number(version['journeys'])}",
                ),
                Figure(
                    Text("Mean fitness", "平均拟合度").in_(language),
                    percent(version["fitness"], language, 1),
                    f"{named} {share_interval(version['fitness_low'], version['fitness_high'], language)}"
                    if version["fitness_low"] is not None
                    else f"n = {number(version['journeys'])}",
                ),
            ),
            reading=Text(
                "Share of journeys in %, in the order of the design: to the left those that skip the step, "
                f"to the right those that repeat it; lines are {named} intervals.",
                f"占旅程的百分比，按设计的次序：左侧为跳过该步骤者，右侧为重复者；线段为{named}。",
            ).in_(language),
            caution=Text(
                "A journey that differs is not a bad one: the design may be what is wrong.",
                "偏离设计的旅程未必不好：也可能是设计不合适。",
            ).in_(language),
            next_step=NextStep(
                Text("The owner of the journey", "旅程负责人").in_(language),
                _DO[worst["kind"]].in_(language) if worst else Text("Keep it so.", "保持。").in_(language),
                Text(
                    "The same share among journeys that start after the change.",
                    "改动之后开始的旅程中的同一占比。",
                ).in_(language),
            ),
            weight=45,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        version = self._version(basis)
        rows = self._rows(basis, version) if version else []
        places = sorted({(row["position"], row["step_id"]) for row in rows if row["position"] is not None})
        if not places:
            return None
        by = {(row["step_id"], row["kind"]): row for row in rows}
        pairs = []
        for _, step in places:
            one = next(row for row in rows if row["step_id"] == step)
            pairs.append(
                Pair(
                    _name(basis, one, language),
                    _bar(by.get((step, "skipped")), -100.0),
                    _bar(by.get((step, "repeated")), 100.0),
                    _words(by, step, language),
                )
            )
        titles = (Text("skipped, %", "跳过，%"), Text("repeated, %", "重复，%"))
        return diverging(pairs, titles, width, language, 1)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return DEVIATIONS, basis[DEVIATIONS]


DESIGNED = Designed()


def _name(basis: Basis, row: Row, language: Language) -> str:
    own = row["name_zh"] or row["name"] if language == "zh" else row["name"]
    return str(own or name_of(basis, row["touchpoint_id"], language))


def _bar(row: Row | None, scale: float) -> tuple[float | None, float | None, float | None]:
    if row is None:
        return None, None, None
    ends = sorted((scale * row["share_low"], scale * row["share_high"]))
    return scale * row["share"], ends[0], ends[1]


def _words(by: dict[tuple[str, str], Row], step: str, language: Language) -> str:
    told = []
    for kind, word in (("out_of_order", Text("out of order", "次序颠倒")), ("late", Text("late", "超时"))):
        row = by.get((step, kind))
        if row is not None:
            told.append(f"{word.in_(language)} {percent(row['share'], language)}")
    return Text(", ".join(told) or " ", "，".join(told) or " ").in_(language).strip() if told else ""


def _lede(basis: Basis, version: Row, language: Language) -> str:
    none = next(
        (row for row in basis[CONFORMANCE].to_pylist() if row["state"] == "none" and not row["hidden"]), None
    )
    said = Text(
        f"{number(version['journeys'])} journeys were compared with the design “{version['design_id']}”, "
        f"version {version['version']}.",
        f"{number(version['journeys'])} 段旅程与设计“{version['design_id']}”第 {version['version']} 版对照。",
    )
    if none is None or not none["journeys"]:
        return said.in_(language)
    return said.in_(language) + Text(
        f" {number(none['journeys'])} journeys belong to no design.",
        f"另有 {number(none['journeys'])} 段旅程不属于任何设计。",
    ).in_(language)
