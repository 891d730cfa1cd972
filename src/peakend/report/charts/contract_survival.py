"""How long contracts last, observed and projected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.contract_curves import Still, survival_curve
from peakend.report.charts.contract_words import ALL, PERIODS
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, is_number, level, number, percent, share_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

    Row = Mapping[str, Any]

_MODELS = {
    "ConstantRetentionModel": Text("constant retention", "固定续约率模型"),
    "ShiftedBetaGeoModel": Text("shifted-beta-geometric", "移位贝塔几何模型"),
    "BetaDiscreteWeibullModel": Text("beta-discrete-Weibull", "贝塔离散韦布尔模型"),
}


class ContractSurvival:
    """All contracts together: the share still open, observed so far and projected beyond."""

    needs = ("contract_survival", "contract_models", "contract_residuals")
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows = [row for row in basis["contract_survival"].to_pylist() if row["product_id"] == ALL]
        return sorted(rows, key=lambda row: row["age"])

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        seen = [row for row in rows if row["observed"] is not None and row["age"] > 0]
        if not seen:
            return None
        last, unit = seen[-1], PERIODS[seen[-1]["period_kind"]]
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
        models = [row for row in basis["contract_models"].to_pylist() if row["product_id"] == ALL]
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
            if row["product_id"] == ALL and not row["hidden"]
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
        models = [r for r in basis["contract_models"].to_pylist() if r["product_id"] == ALL and r["chosen"]]
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
        unit = PERIODS[rows[0]["period_kind"]]
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


SURVIVAL = ContractSurvival()
