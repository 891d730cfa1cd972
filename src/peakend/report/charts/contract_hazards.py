"""Whose contracts end sooner: by product, entry channel and segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, level, number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec
    from peakend.report.finding import Tone

    Row = Mapping[str, Any]

_MOST_ROWS = 16
_VERDICTS = {"worse": Text("ends sooner", "终止更快"), "better": Text("ends later", "终止更慢")}


class ContractHazards:
    """How many times as fast contracts end, by product, entry channel and segment."""

    needs = ("contract_hazards", "contract_curves")
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows: list[Row] = basis["contract_hazards"].to_pylist()
        return sorted(rows, key=lambda row: (row["factor"], -row["hazard_ratio"], row["level"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not rows:
            return None
        told = [row for row in rows if row["verdict"] != "cannot_tell"]
        # Who leaves sooner is what somebody can act on; else who stays longer.
        worse = [row for row in told if row["verdict"] == "worse"] or told
        strongest = max(worse, key=lambda row: (row["hazard_ratio"], row["level"]), default=None)
        turning = [row for row in told if (row["proportional_p"] or 1) < basis.settings.alpha]
        return Finding(
            headline=_headline(basis, strongest, language),
            lede=_lede(basis, rows, told, language),
            figures=tuple(_figure(basis, row, language) for row in told[:3]),
            reading=Text(
                "Dot: how many times as fast contracts end as those of the largest group, at the same age "
                "and (but for products) of the same product; 1 is no difference. Line: "
                f"{percent(basis.settings.confidence, 'en')} interval.",
                "圆点：同龄（且同产品）合约的终止速度是最大一组的多少倍，1 为无差异；"
                f"线为 {percent(basis.settings.confidence, 'zh')} 区间。",
            ).in_(language),
            caution=_caution(basis, turning, language),
            next_step=NextStep(
                Text("The owner of the product", "产品负责人").in_(language),
                Text(
                    "Ask those who closed (the list is behind the number) why, before changing anything.",
                    "改动之前，先向名单中已终止合约的客户了解原因。",
                ).in_(language),
                Text(
                    "The same ratio among contracts opened after the change.", "改动后开立的合约的同一比值。"
                ).in_(language),
            )
            if strongest is not None
            else NextStep(
                Text("The owner of the product", "产品负责人").in_(language),
                Text(
                    "Treat the groups alike for now; the differences are within chance.",
                    "目前不必区别对待：差异未超出偶然波动。",
                ).in_(language),
                Text("The same comparison next year.", "一年后再作同样比较。").in_(language),
            ),
            weight=40 if strongest is not None else 15,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        if not rows:
            return None
        drawn: list[Dot] = []
        for factor in dict.fromkeys(row["factor"] for row in rows):
            own = [row for row in rows if row["factor"] == factor]
            reference = _named(basis, own[0], "reference", language)
            heading = Text(
                f"{_factor(basis, factor, 'en')}: {reference} = 1",
                f"{_factor(basis, factor, 'zh')}：{reference} = 1",
            )
            drawn.append(Dot(heading.in_(language), heading=True))
            drawn += [_dot(basis, row, language) for row in own]
        return dots(
            drawn[:_MOST_ROWS],
            width,
            language,
            decimals=2,
            suffix="×",
            base_title=Text("contracts", "合约数"),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = [dict(row) for row in self._rows(basis)]
        return "contract_hazards", pa.Table.from_pylist(rows, schema=basis["contract_hazards"].schema)


def _headline(basis: Basis, row: Row | None, language: Language) -> str:
    if row is None:
        return Text(
            "No product, channel or segment is shown to lose contracts sooner than another",
            "没有产品、渠道或分群被证实流失得更快",
        ).in_(language)
    times = number(row["hazard_ratio"], 1)
    names = [_named(basis, row, name, language) for name in ("level", "reference")]
    return Text(
        f"Contracts of “{names[0]}” end {times} times as fast as those of “{names[1]}”",
        f"“{names[0]}”的合约终止速度是“{names[1]}”的 {times} 倍",
    ).in_(language)


def _lede(basis: Basis, rows: list[Row], told: list[Row], language: Language) -> str:
    everybody = next((row for row in basis["contract_curves"].to_pylist() if row["factor"] == "all"), None)
    begin = ""
    if everybody is not None and everybody["contracts"] is not None:
        n, closed = number(everybody["contracts"]), number(everybody["closed"])
        begin = Text(
            f"{n} contracts, {closed} of them closed. ", f"共 {n} 份合约，其中 {closed} 份已终止。"
        ).in_(language)
    return begin + Text(
        f"{len(told)} of {len(rows)} comparisons stand after Holm's correction.",
        f"{len(rows)} 项比较中，经 Holm 校正后成立的有 {len(told)} 项。",
    ).in_(language)


def _figure(basis: Basis, row: Row, language: Language) -> Figure:
    named = level(basis.settings.confidence, language)
    ends = interval(row["hazard_ratio_low"], row["hazard_ratio_high"], language, 2)
    p = "p < 0.001" if row["adjusted_p"] < 0.001 else f"p = {number(row['adjusted_p'], 3)}"
    word = _VERDICTS[row["verdict"]].in_(language)
    return Figure(
        _named(basis, row, "level", language),
        f"{number(row['hazard_ratio'], 2)}×",
        f"{word} · {named} {ends} · {p} · n = {number(row['contracts'])}",
        _tone(row),
    )


def _caution(basis: Basis, turning: list[Row], language: Language) -> str:
    told = Text(
        "Who differs in this may differ in much else: an association, not a cause.",
        "这些群体在其他方面也可能不同：这是关联，不是因果。",
    ).in_(language)
    if not turning:
        return told
    names = (
        Text(", ", "、").in_(language).join(f"“{_named(basis, row, 'level', language)}”" for row in turning)
    )
    more = Text(
        f"The ratio of {names} changes with the age of the contract: read it as an average.",
        f"{names}的比值随合约年限变化，只宜视作平均值。",
    ).in_(language)
    return f"{told}{' ' if language == 'en' else ''}{more}"


def _dot(basis: Basis, row: Row, language: Language) -> Dot:
    word = _VERDICTS.get(row["verdict"])
    return Dot(
        _named(basis, row, "level", language),
        row["hazard_ratio"],
        row["hazard_ratio_low"],
        row["hazard_ratio_high"],
        number(row["contracts"]),
        _tone(row),
        word.in_(language) if word else "",
    )


def _tone(row: Row) -> Tone:
    return "act" if row["verdict"] == "worse" else "good" if row["verdict"] == "better" else "plain"


def _factor(basis: Basis, factor: str, language: Language) -> str:
    known = {
        "product": Text("Product", "产品"),
        "entry_channel": Text("Entry channel", "首购渠道"),
    }
    return known[factor].in_(language) if factor in known else basis.cut(factor, language)


def _named(basis: Basis, row: Row, which: str, language: Language) -> str:
    """What the level (or the reference) of a row is called."""
    if row[which] == "(other)":
        return Text("Others", "其他").in_(language)
    return str(row[f"{which}_name"] or basis.segment(row["factor"], row[which], language))


HAZARDS = ContractHazards()
