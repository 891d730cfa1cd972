"""The analysis `profit_segments`: profit by segment, channel, entry product and site."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtr

from peakend.feedback.comparison import holm, verdicts
from peakend.feedback.intervals import wilson
from peakend.feedback.suppression import suppress
from peakend.value.profit.cut_columns import PROFIT_SEGMENTS
from peakend.value.profit.skewed_means import skewed_mean_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs, Results, Settings
    from peakend.engine import Relation

    Row = dict[str, Any]

EVERYBODY = "all"


def segment_tables(inputs: Inputs) -> Results:
    """The table: every segmentation, and main channel, main site, entry product and entry channel.

    A customer is in one cell of each cut: the channel and site of most revenue, the product and channel of
    the first line ever bought. Intervals around mean profit allow for its skewness (`skewed_mean_interval`).
    verdict: Welch's test of a cell against all others of its cut, Holm over the cut's cells with enough
    customers; it says that they differ, not why.
    Source: Welch (1947), Biometrika 34; Holm (1979), Scandinavian Journal of Statistics 6(2).
    """
    currency = _currency(inputs)
    if currency is None:
        return {PROFIT_SEGMENTS.name: PROFIT_SEGMENTS.schema().empty_table()}
    cells = inputs.query("value/profit/profit_cells", {"currency": currency})
    found = inputs.query("value/profit/segment_moments", profit_cells=cells).to_arrow().to_pylist()
    found.sort(key=lambda row: (row["cut"] != EVERYBODY, row["cut"], row["cell"]))
    _estimate(found, inputs.settings)
    for cut in sorted({row["cut"] for row in found} - {EVERYBODY}):
        _compare([row for row in found if row["cut"] == cut], inputs.settings)
    _hide(found, inputs.settings)
    rows = [{**row, "currency": currency} for row in found]
    return {PROFIT_SEGMENTS.name: PROFIT_SEGMENTS.of(rows)}


def customers_of(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customers of a cell: customer_id, profit, revenue, cost_to_serve."""
    cells = inputs.query("value/profit/profit_cells", {"currency": row["currency"]})
    return inputs.query(
        "value/profit/segment_customers", {"cut": row["cut"], "cell": row["cell"]}, profit_cells=cells
    )


def _currency(inputs: Inputs) -> str | None:
    told = inputs.query("select max(p.currency) as currency from customer_profit p").to_arrow()
    found: str | None = told["currency"][0].as_py()
    return found


def _estimate(rows: Sequence[Row], settings: Settings) -> None:
    for row in rows:
        for name in ("profit", "revenue", "cost_to_serve", "lost"):
            row[name] = Decimal(row[name])
        row["mean_profit"] = float(row["profit"]) / row["n"]
        row["unprofitable_share"] = row["unprofitable"] / row["n"]
    n = [row["n"] for row in rows]
    low, high = skewed_mean_interval(
        [row["mean_profit"] for row in rows],
        [row["squares"] for row in rows],
        [row["cubes"] for row in rows],
        n,
        settings.confidence,
    )
    least, most = wilson([row["unprofitable_share"] for row in rows], n, settings.confidence)
    for row, *ends in zip(rows, low, high, least, most, strict=True):
        names = ("mean_profit_low", "mean_profit_high", "unprofitable_share_low", "unprofitable_share_high")
        row |= {name: None if np.isnan(end) else float(end) for name, end in zip(names, ends, strict=True)}


def _compare(rows: Sequence[Row], settings: Settings) -> None:
    """Every cell against all others of the cut together, from moments."""
    n, mean, squares = (
        np.array([float(row[name]) for row in rows]) for name in ("n", "mean_profit", "squares")
    )
    others = n.sum() - n
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = ((n * mean).sum() - n * mean) / others
        grand = (n * mean).sum() / n.sum()
        whole = (squares + n * (mean - grand) ** 2).sum()
        # Deviations of the others from their own mean: the whole less the cell's and what lies between.
        between = n * (mean - grand) ** 2 + others * (rest - grand) ** 2
        beyond = np.maximum(whole - squares - between, 0.0)
        own, foreign = squares / (n - 1) / n, beyond / (others - 1) / others
        df = (own + foreign) ** 2 / (own**2 / (n - 1) + foreign**2 / (others - 1))
        gap = mean - rest
        p = 2 * stdtr(df, -np.abs(gap) / np.sqrt(own + foreign))
    enough = (n >= settings.minimum_base) & (others >= settings.minimum_base) & np.isfinite(p)
    adjusted, _ = holm(_once(np.where(enough, p, np.nan)))
    if len(rows) == 2:
        adjusted = np.full(2, adjusted[0])
    told = verdicts(gap, adjusted, settings.alpha)
    for place in np.flatnonzero(enough).tolist():
        rows[place] |= {
            "difference": float(gap[place]),
            "p_value": float(p[place]),
            "adjusted_p": float(adjusted[place]),
            "verdict": {"better": "more", "worse": "less"}.get(str(told[place]), "cannot_tell"),
        }


def _once(p: Any) -> Any:  # noqa: ANN401 - an array in, an array out
    """Of two cells each is the other's mirror: one test, told twice."""
    return np.where(np.arange(2) == 0, p, np.nan) if len(p) == 2 else p


_TOLD = frozenset(("cut", "cell", "hidden"))


def _hide(rows: Sequence[Row], settings: Settings) -> None:
    everybody = next(row["n"] for row in rows if row["cut"] == EVERYBODY)
    rows[0]["hidden"] = everybody < settings.minimum_base
    parts = [row for row in rows if row["cut"] != EVERYBODY]
    cuts = sorted({row["cut"] for row in parts})
    if parts:
        found = suppress(
            [row["n"] for row in parts],
            [cuts.index(row["cut"]) for row in parts],
            # Customers in no cell of a cut are no group that anybody publishes.
            [sum(row["n"] for row in parts if row["cut"] == cut) for cut in cuts],
            settings.minimum_base,
        )
        for row, hidden, withheld in zip(parts, found.hidden, found.withheld, strict=True):
            row["hidden"] = bool(hidden or withheld)
    for row in rows:
        if row["hidden"]:
            for name in set(row) - _TOLD:
                row[name] = None
