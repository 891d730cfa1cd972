"""The analysis `promoters_worth`: what promoters, passives and detractors are worth."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.comparison import holm
from peakend.value.experience.answers import followed, latest
from peakend.value.experience.columns import PROMOTERS_WORTH, SATISFACTION_RETURN
from peakend.value.experience.group_means import GroupMean, Ratio, group_mean, ratio, standardised
from peakend.value.experience.linkage import Cells, Slope, slope

if TYPE_CHECKING:
    from peakend.declaration import Inputs, Results, Settings

Row = dict[str, Any]
FEELINGS = ("promoter", "passive", "detractor")
BAND = (6.0, 14.0)
"""Promoters' lifetime value over detractors', as the trade claims: tested, never assumed."""


def promoter_tables(inputs: Inputs) -> Results:
    """Both tables of the analysis. Raises `SeveralCurrenciesError`, `NoSuchCurrencyError`."""
    sums = inputs.query("value/experience/worth_sums", latest=latest(inputs)).to_arrow().to_pylist()
    measures: dict[str, dict[str, GroupMean]] = defaultdict(dict)
    for row in sums:
        found = group_mean(row["customers"], row["total"], row["squared"])
        measures[row["measure"]][row["feeling"]] = found
    if not any(row["squared"] for row in sums if row["measure"] == "referral"):
        measures.pop("referral", None)
    after = followed(inputs)
    cells = None if after is None else read_cells(after.stratified)
    if cells is not None and cells[1].customers.sum() > 0:
        measures |= _after(cells[1])
    currency = inputs.settings.currency if after is None else after.currency
    answered = cells is not None and cells[1].customers.sum() > 0
    returns = _returns(*cells, inputs.settings) if cells is not None and answered else []
    return {
        "promoters_worth": PROMOTERS_WORTH.of(_rows(measures, inputs.settings, currency)),
        "satisfaction_return": SATISFACTION_RETURN.of([{**row, "currency": currency} for row in returns]),
    }


def read_cells(stratified: Any) -> tuple[np.ndarray, Cells]:  # noqa: ANN401 - a relation
    """Whether customers of a cell are of high value, and the cells."""
    table = stratified.query("value/experience/spent_cells", name="stratified").to_arrow()
    table = table.sort_by([(name, "ascending") for name in ("high", "stratum", "score")])
    columns = {name: table[name].to_numpy() for name in table.column_names}
    cells = Cells(
        columns["stratum"].astype(np.int64),
        *(columns[name].astype(np.float64) for name in ("score", "customers", "spent", "squared")),
    )
    return columns["high"].astype(bool), cells


def _after(cells: Cells) -> dict[str, dict[str, GroupMean]]:
    """Means of what was spent after, as they are and among customers alike in what they spent before."""
    naive: dict[str, GroupMean] = {}
    alike: dict[str, GroupMean] = {}
    everybody = cells.customers.sum()
    shares = {
        int(stratum): float(cells.customers[cells.stratum == stratum].sum() / everybody)
        for stratum in np.unique(cells.stratum)
    }
    for feeling in FEELINGS:
        mine = cells.where(_of(feeling, cells))
        if mine.customers.sum() == 0:
            continue
        naive[feeling] = _pooled(mine)
        strata = {
            int(stratum): _pooled(mine.where(mine.stratum == stratum)) for stratum in np.unique(mine.stratum)
        }
        found = standardised(strata, shares)
        if found is not None:
            alike[feeling] = found
    return {"spent_after": naive, "spent_after_alike": alike}


def _of(feeling: str, cells: Cells) -> np.ndarray:
    if feeling == "promoter":
        return cells.score >= 9
    if feeling == "passive":
        return (cells.score >= 7) & (cells.score < 9)
    return cells.score < 7


def _pooled(cells: Cells) -> GroupMean:
    return group_mean(int(cells.customers.sum()), float(cells.spent.sum()), float(cells.squared.sum()))


def _rows(measures: dict[str, dict[str, GroupMean]], settings: Settings, currency: str | None) -> list[Row]:
    """Rows of `promoters_worth`; the family of Holm's correction is all comparisons with detractors."""
    rows: list[Row] = []
    compared: list[tuple[Row, float]] = []
    for measure, groups in measures.items():
        for feeling in FEELINGS:
            found = groups.get(feeling)
            if found is None:
                continue
            row: Row = {"measure": measure, "feeling": feeling, "currency": currency}
            rows.append(row)
            if found.customers < settings.minimum_base:
                row["hidden"] = True
                continue
            low, high = found.interval(settings.confidence)
            row |= {
                "customers": found.customers,
                "mean": found.mean,
                "low": low,
                "high": high,
                "hidden": False,
            }
            base = groups.get("detractor")
            if feeling == "detractor" or base is None or base.customers < settings.minimum_base:
                continue
            against = ratio(found, base, settings.confidence)
            row |= {"ratio": against.value, "ratio_low": against.low, "ratio_high": against.high}
            if feeling == "promoter" and measure == "lifetime_value":
                row["band"] = _band(against)
            if against.p is not None:
                compared.append((row, against.p))
            row["verdict"] = "cannot_tell"
            row["_more"] = found.mean > base.mean
    _judge(compared, settings.alpha)
    for position, row in enumerate(rows, start=1):
        row["position"] = position
    return rows


def _judge(compared: list[tuple[Row, float]], alpha: float) -> None:
    if not compared:
        return
    adjusted, _ = holm([p for _, p in compared])
    for (row, _), p in zip(compared, adjusted, strict=True):
        row["p"] = float(p)
        if p < alpha:
            row["verdict"] = "more" if row["_more"] else "less"


def _band(found: Ratio) -> str:
    if found.low is None or found.high is None:
        return "cannot_tell"
    if found.high < BAND[0]:
        return "below"
    if found.low > BAND[1]:
        return "above"
    return "inside" if found.low >= BAND[0] and found.high <= BAND[1] else "cannot_tell"


def slopes(high: np.ndarray, cells: Cells, confidence: float) -> dict[tuple[str, str], Slope]:
    """Money for a point more, by who the customers are and how they are compared."""
    groups = {"all": np.ones(len(high), bool), "high_value": high, "others": ~high}
    return {
        (name, comparison): slope(cells.where(kept), confidence, within=comparison == "alike")
        for name, kept in groups.items()
        for comparison in ("naive", "alike")
    }


def _returns(high: np.ndarray, cells: Cells, settings: Settings) -> list[Row]:
    rows: list[Row] = []
    compared: list[tuple[Row, float]] = []
    for (name, comparison), found in slopes(high, cells, settings.confidence).items():
        row: Row = {"position": len(rows) + 1, "customers_are": name, "comparison": comparison}
        rows.append(row)
        if found.customers < settings.minimum_base:
            row["hidden"] = True
            continue
        row |= {"customers": found.customers, "value": found.value, "low": found.low, "high": found.high}
        row |= {"hidden": False, "verdict": "cannot_tell", "_more": (found.value or 0) > 0}
        if found.p is not None:
            compared.append((row, found.p))
    _judge(compared, settings.alpha)
    return rows
