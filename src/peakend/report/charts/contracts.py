"""Contracts: how long they last, observed and projected, and whose end sooner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.contract_curves import Still, survival_curve
from peakend.report.charts.dots import Dot, dots
from peakend.report.charts.heat_table import Cell, heat_table
from peakend.report.draw import is_phone
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import (
    interval,
    is_number,
    level,
    listing,
    number,
    percent,
    period,
    share_interval,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec
    from peakend.report.finding import Tone

    Row = Mapping[str, Any]

_ALL = "(all)"
_UNITS = {
    "month": Text("month", "个月"),
    "quarter": Text("quarter", "个季度"),
    "year": Text("year", "年"),
}
_MODELS = {
    "ConstantRetentionModel": Text("constant retention", "固定续约率模型"),
    "ShiftedBetaGeoModel": Text("shifted-beta-geometric", "移位贝塔几何模型"),
    "BetaDiscreteWeibullModel": Text("beta-discrete-Weibull", "贝塔离散韦布尔模型"),
}
_MOST_ROWS = 16
_VERDICTS = {"worse": Text("ends sooner", "终止更快"), "better": Text("ends later", "终止更慢")}


class ContractSurvival:
    """All contracts together: the share still open, observed so far and projected beyond."""

    needs = ("contract_survival", "contract_models", "contract_residuals")
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows = [row for row in basis["contract_survival"].to_pylist() if row["product_id"] == _ALL]
        return sorted(rows, key=lambda row: row["age"])

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        seen = [row for row in rows if row["observed"] is not None and row["age"] > 0]
        if not seen:
            return None
        last, unit = seen[-1], _UNITS[seen[-1]["period_kind"]]
        return Finding(
            headline=_headline(last, rows, unit, language),
            lede=self._lede(basis, language),
            figures=self._figures(basis, seen, unit, language),
            reading=Text(
                f"Dots: the share of contracts still open after so many {unit.en}s, of those followed so "
                "long, with the interval. The dashed line is the model; its band says how well the "
                "parameters are known, not that the future will be like the past.",
                f"圆点为经过若干{unit.zh.lstrip('个')}后仍有效的合约比例（以观察满该期者为基数）及区间；"
                "虚线为模型推算，阴影只反映参数的不确定性，并不保证未来与过去相同。",
            ).in_(language),
            caution=Text(
                "That renewal rises with age need not mean that customers become loyal: those likely to "
                "leave have left.",
                "续约率随年限上升未必表示客户变得忠诚：容易离开的客户已先行离开。",
            ).in_(language),
            next_step=NextStep(
                Text("The owner of renewals", "续约负责人").in_(language),
                Text(
                    "Put the effort before the first renewal, and value every contract by the terms that it "
                    "has ahead of it, not by the average.",
                    "把力量放在首次续约之前；估值时按每份合约自身的剩余期数，而不是平均数。",
                ).in_(language),
                Text(
                    "Contracts lost in the next window against those predicted.",
                    "下一窗口的实际流失与预测之比。",
                ).in_(language),
            ),
            weight=45,
        )

    def _lede(self, basis: Basis, language: Language) -> str:
        models = [row for row in basis["contract_models"].to_pylist() if row["product_id"] == _ALL]
        chosen = next((row for row in models if row["chosen"]), None)
        if chosen is None:
            return Text(
                "Too few contracts were lost to fit a model; only what was observed is shown.",
                "流失的合约太少，无法拟合模型；此处只列观察值。",
            ).in_(language)
        name = _MODELS[chosen["model"]].in_(language)
        if chosen["chosen_by"] != "validation" or chosen["test_predicted"] is None:
            return Text(
                f"The {name} model fits best; the history is too short to try it on a later time.",
                f"{name}拟合最好；历史太短，尚不能用更晚的时期检验。",
            ).in_(language)
        predicted, lost = number(chosen["test_predicted"]), number(chosen["test_lost"])
        return Text(
            f"The {name} model predicted best. In the last window, which it was not chosen by, "
            f"{predicted} contracts were to be lost and {lost} were (of {number(chosen['test_periods'])}).",
            f"{name}预测最好。在未参与选择的最后一个窗口，预测流失 {predicted} 份，实际流失 {lost} 份"
            f"（共 {number(chosen['test_periods'])} 份）。",
        ).in_(language)

    def _figures(self, basis: Basis, seen: list[Row], unit: Text, language: Language) -> tuple[Figure, ...]:
        named = level(basis.settings.confidence, language)
        first = seen[0]
        figures = [
            Figure(
                Text(f"Still open after the first {unit.en}", f"首{unit.zh}后仍有效").in_(language),
                percent(first["observed"], language, 1),
                f"{named} {share_interval(first['observed_low'], first['observed_high'], language)} · "
                f"n = {number(first['at_risk'])}",
            )
        ]
        rows = [
            row
            for row in basis["contract_residuals"].to_pylist()
            if row["product_id"] == _ALL and not row["hidden"]
        ]
        oldest = max(rows, key=lambda row: row["renewals"], default=None)
        if oldest is not None:
            ends = share_interval(oldest["next_retention_low"], oldest["next_retention_high"], language)
            figures.append(
                Figure(
                    Text(
                        f"Next renewal after {oldest['renewals']} {unit.en}s",
                        f"满 {oldest['renewals']} {unit.zh}后的下次续约率",
                    ).in_(language),
                    percent(oldest["next_retention"], language, 1),
                    f"{named} {ends} · n = {number(oldest['contracts'])}",
                )
            )
        models = [r for r in basis["contract_models"].to_pylist() if r["product_id"] == _ALL and r["chosen"]]
        if models and is_number(models[0]["lifetime"]):
            one = models[0]
            ends = interval(one["lifetime_low"], one["lifetime_high"], language, 1)
            rate = percent(one["discount_rate"], language, 0)
            figures.append(
                Figure(
                    Text("Expected lifetime of a new contract", "新合约的期望寿命").in_(language),
                    Text(
                        f"{number(one['lifetime'], 1)} {unit.en}s", f"{number(one['lifetime'], 1)} {unit.zh}"
                    ).in_(language),
                    Text(
                        f"discounted at {rate} a year · {named} {ends}",
                        f"年折现率 {rate} · {named} {ends}",
                    ).in_(language),
                )
            )
        return tuple(figures)

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        seen = [
            Still(row["age"], row["observed"], row["observed_low"], row["observed_high"])
            for row in rows
            if row["observed"] is not None
        ]
        if len(seen) < 2:
            return None
        ahead = [
            Still(row["age"], row["projected"], row["projected_low"], row["projected_high"])
            for row in rows
            if row["projected"] is not None
        ]
        unit = _UNITS[rows[0]["period_kind"]]
        return survival_curve(
            seen,
            ahead,
            width,
            language,
            names=(Text("observed", "观察").in_(language), Text("projected", "推算").in_(language)),
            across=Text(f"{unit.en}s since opened", f"开立后（{unit.zh.lstrip('个')}）").in_(language),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = [dict(row) for row in self._rows(basis)]
        return "contract_survival", pa.Table.from_pylist(rows, schema=basis["contract_survival"].schema)


class ContractCohorts:
    """The triangle of cohorts: how many contracts of each are still open after so many periods."""

    needs = ("contract_cohorts", "contract_faults")
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows = [row for row in basis["contract_cohorts"].to_pylist() if row["product_id"] == _ALL]
        return sorted(rows, key=lambda row: (row["cohort_on"], row["age"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        firsts = [row for row in self._rows(basis) if row["age"] == 1 and row["share"] is not None]
        if not firsts:
            return None
        unit = _UNITS[firsts[0]["period_kind"]]
        old, new = firsts[0], firsts[-1]
        return Finding(
            headline=_cohort_headline(old, new, unit, language),
            lede=_faults(basis, language),
            figures=tuple(
                _cohort_figure(basis, row, unit, language) for row in ((new,) if old is new else (old, new))
            ),
            reading=Text(
                f"One row for contracts opened in a {unit.en} (n: how many), one column for each {unit.en} "
                "after it: how many in a hundred are still open at its end. The darker, the more.",
                f"每一行为同一{unit.zh.lstrip('个')}开立的合约（n 为份数），每一列为其后第几{unit.zh}："
                "每百份中期末仍有效的份数，颜色越深越多。",
            ).in_(language),
            caution=Text(
                f"{unit.en.capitalize()}s that are not over for a contract are left out, and so are rows of "
                "contracts opened before closings were on record.",
                "尚未结束的周期不计；终止记录开始之前开立的合约不列入。",
            ).in_(language),
            next_step=NextStep(
                Text("The owner of renewals", "续约负责人").in_(language),
                Text(
                    f"Compare what was sold, to whom and how, in the {unit.en}s with the best and the worst "
                    "first column.",
                    "比较首列最好与最差的批次：卖的是什么、卖给了谁、怎样卖的。",
                ).in_(language),
                Text("The first column of the next cohort.", "下一批合约的首列。").in_(language),
            ),
            weight=20,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = [row for row in self._rows(basis) if not row["seen_late"]]
        seen = [row for row in rows if row["share"] is not None]
        if not seen:
            return None
        most_rows, most_columns = (9, 5) if is_phone(width) else (13, 11)
        starts = sorted({row["cohort_on"] for row in seen})[-most_rows:]
        ages = sorted({row["age"] for row in seen if row["cohort_on"] in starts})[:most_columns]
        cells = {(row["cohort_on"], row["age"]): row for row in rows}
        drawn = []
        for start in starts:
            first = cells.get((start, 1))
            base = number(first["n"]) if first is not None and first["n"] is not None else ""
            own = [_cell(cells.get((start, age))) for age in ages]
            drawn.append((_start(start, seen[0]["period_kind"]), base, own))
        return heat_table(drawn, [f"+{age}" for age in ages], "n", width, 1.0)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = [dict(row) for row in self._rows(basis) if not row["hidden"]]
        return "contract_cohorts", pa.Table.from_pylist(rows, schema=basis["contract_cohorts"].schema)


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
            headline=_hazard_headline(basis, strongest, language),
            lede=_hazard_lede(basis, rows, told, language),
            figures=tuple(_hazard_figure(basis, row, language) for row in told[:3]),
            reading=Text(
                "Dot: how many times as fast contracts end as those of the largest group, at the same age "
                "and (but for products) of the same product; 1 is no difference. Line: "
                f"{percent(basis.settings.confidence, 'en')} interval.",
                "圆点：同龄（且同产品）合约的终止速度是最大一组的多少倍，1 为无差异；"
                f"线为 {percent(basis.settings.confidence, 'zh')} 区间。",
            ).in_(language),
            caution=_hazard_caution(basis, turning, language),
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


def _headline(last: Row, rows: list[Row], unit: Text, language: Language) -> str:
    kept = round(100 * last["observed"])
    ahead = [row for row in rows if row["projected"] is not None and row["age"] > last["age"]]
    told = Text(
        f"Of 100 contracts {kept} are still open after {last['age']} "
        f"{unit.en}{'s' if last['age'] > 1 else ''}",
        f"每 100 份合约中，{last['age']} {unit.zh}后仍有效的有 {kept} 份",
    )
    if not ahead:
        return told.in_(language)
    far = next((row for row in ahead if row["age"] >= 1.5 * last["age"]), ahead[-1])
    low, high = round(100 * far["projected_low"]), round(100 * far["projected_high"])
    return Text(
        f"{told.en}; after {far['age']} it will be {low} to {high}, if they go on so",
        f"{told.zh}；照此下去，{far['age']} {unit.zh}后为 {low} 至 {high} 份",
    ).in_(language)


def _cohort_headline(old: Row, new: Row, unit: Text, language: Language) -> str:
    kept = round(100 * new["share"])
    when, since = (
        Text(period(label, "en"), period(label, "zh"))
        for label in (_start(row["cohort_on"], row["period_kind"]) for row in (new, old))
    )
    apart = new["share_low"] > old["share_high"] or new["share_high"] < old["share_low"]
    told = Text(
        f"Of 100 contracts opened in {when.en}, {kept} were renewed after the first {unit.en}",
        f"{when.zh}开立的合约，每 100 份有 {kept} 份在首{unit.zh}后续约",
    )
    if not apart:
        return told.in_(language)
    before = round(100 * old["share"])
    return Text(f"{told.en}, against {before} of {since.en}", f"{told.zh}，{since.zh}为 {before} 份").in_(
        language
    )


def _cohort_figure(basis: Basis, row: Row, unit: Text, language: Language) -> Figure:
    label = _start(row["cohort_on"], row["period_kind"])
    ends = share_interval(row["share_low"], row["share_high"], language)
    return Figure(
        Text(
            f"Opened in {period(label, 'en')}: open after the first {unit.en}",
            f"{period(label, 'zh')}开立：首{unit.zh}后仍有效",
        ).in_(language),
        percent(row["share"], language, 1),
        f"{level(basis.settings.confidence, language)} {ends} · n = {number(row['n'])}",
    )


def _start(when: date, kind: str) -> str:
    if kind == "year":
        return str(when.year)
    return f"{when.year}-{when.month:02d}" if kind == "month" else f"{when.year}-Q{(when.month + 2) // 3}"


def _cell(row: Row | None) -> Cell:
    if row is None:
        return Cell(None, "")
    if row["hidden"] or row["share"] is None:
        return Cell(None, "·")
    return Cell(row["share"], f"{round(100 * row['share'])}")


_FAULTS = {
    "no_opening_day": Text("without a day of opening (left out)", "缺开立日（剔除）"),
    "opened_in_future": Text("opened in the future (left out)", "开立日在未来（剔除）"),
    "closed_before_opened": Text("closed before they were opened (left out)", "终止早于开立（剔除）"),
    "closed_in_future": Text("closed in the future (counted as open)", "终止日在未来（计为有效）"),
    "zero_length": Text("closed on the day they were opened (counted as lost)", "当日终止（计为流失）"),
    "opened_before_observation": Text(
        "opened before closings were on record (counted from then on)",
        "开立于终止记录开始之前（自彼时起计入）",
    ),
}


def _faults(basis: Basis, language: Language) -> str:
    """What was wrong with contracts, and what became of it; nothing where all are sound."""
    rows = [row for row in basis["contract_faults"].to_pylist() if row["fault"] in _FAULTS]
    if not rows:
        return ""
    if language == "zh":
        told = [f"{number(row['contracts'])} 份{_FAULTS[row['fault']].zh}" for row in rows]
        return f"其中{'、'.join(told)}。"
    told = [f"{number(row['contracts'])} {_FAULTS[row['fault']].en}" for row in rows]
    return f"Among the contracts, {listing(told, language)}."


def _hazard_headline(basis: Basis, row: Row | None, language: Language) -> str:
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


def _hazard_lede(basis: Basis, rows: list[Row], told: list[Row], language: Language) -> str:
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


def _hazard_figure(basis: Basis, row: Row, language: Language) -> Figure:
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


def _hazard_caution(basis: Basis, turning: list[Row], language: Language) -> str:
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


SURVIVAL = ContractSurvival()
COHORTS = ContractCohorts()
HAZARDS = ContractHazards()
