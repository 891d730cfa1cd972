"""What a better rating goes with in price: our price over each competitor's on our rating less theirs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtr

from peakend.feedback.intervals import t_quantile
from peakend.value.offers.offer_columns import PRICE_PREMIUM
from peakend.value.offers.relative import ALL
from peakend.value.offers.rivals import OwnRating, own_ratings, rival_cells

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from peakend.declaration import Inputs, Results, Settings

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]
    Row = dict[str, Any]

LEAST_CLUSTERS = 10
"""Fewer competitor × product pairs: errors are taken as independent (HC1), not clustered."""

LEAST_PRICE_GAP = 0.01
"""Shares of a price difference are told from this log difference on: below, there is little to share."""

_RESIDUE = 1e-9


@dataclass(frozen=True, slots=True)
class Slope:
    """A slope with its standard error and degrees of freedom; `errors`: 'cluster' or 'HC1'."""

    value: float
    standard_error: float
    df: int
    errors: str


def premium_tables(inputs: Inputs) -> Results:
    """`price_premium`."""
    cells, _, _ = rival_cells(inputs)
    return {PRICE_PREMIUM.name: PRICE_PREMIUM.of(premium(cells, own_ratings(inputs), inputs.settings))}


def premium(cells: Sequence[Row], ratings: dict[date, OwnRating], settings: Settings) -> list[Row]:
    """Rows by kind of effects and competitor (and all together).

    log(our price ÷ theirs) = competitor (+ quarter) + b · (our rating − theirs), by product, competitor and
    quarter. Our rating is a survey's mean: with competitor effects alone its chance of being off pulls b
    towards 0; quarter effects take out all that moves with the quarter, our rating's errors too.
    The difference in price then splits into b · mean difference in rating and a rest.
    """
    used = [
        cell
        for cell in cells
        if cell["quarter_on"] in ratings and ratings[cell["quarter_on"]].responses >= settings.minimum_base
    ]
    if not used:
        return []
    price = np.array([math.log(cell["own_price"] / cell["price"]) for cell in used])
    rating = np.array([ratings[cell["quarter_on"]].mean - cell["rating"] for cell in used])
    rival = _codes([cell["competitor_id"] for cell in used])
    quarter = _codes([cell["quarter_on"] for cell in used])
    pair = _codes([(cell["competitor_id"], cell["product_id"]) for cell in used])
    names = sorted({cell["competitor_id"] for cell in used})
    rows: list[Row] = []
    for effects, groups in (("competitor", [rival]), ("competitor_and_quarter", [rival, quarter])):
        slope = within_slope(price, rating, groups, pair)
        for name in (ALL, *names):
            own = np.ones(len(used), bool) if name == ALL else rival == names.index(name)
            rows.append(
                {
                    "effects": effects,
                    "competitor_id": name,
                    "n": int(own.sum()),
                    "quarters": len(np.unique(quarter[own])),
                    "left_out": len(cells) - len(used)
                    if name == ALL
                    else sum(c["competitor_id"] == name for c in cells) - int(own.sum()),
                    **_split(float(price[own].mean()), float(rating[own].mean()), slope, settings),
                }
            )
    return rows


def within_slope(y: Floats, x: Floats, groups: Sequence[Codes], cluster: Codes) -> Slope | None:
    """Least squares of y on x with an effect for every level of every grouping; None where x has no rest.

    Errors clustered (Liang & Zeger 1986, with G/(G−1) · (n−1)/(n−k) and G − 1 degrees of freedom), or HC1
    (MacKinnon & White 1985) where there are fewer than ten clusters.
    """
    effects = np.hstack([(g[:, None] == np.unique(g)[None, :]).astype(np.float64) for g in groups])
    rest = np.stack([y, x], axis=1)
    rest = rest - effects @ np.linalg.lstsq(effects, rest, rcond=None)[0]
    n, k = len(y), int(np.linalg.matrix_rank(effects)) + 1
    across = float(rest[:, 1] @ rest[:, 1])
    if n <= k or across <= _RESIDUE * max(float(x @ x), 1e-300):
        return None
    value = float(rest[:, 1] @ rest[:, 0]) / across
    score = rest[:, 1] * (rest[:, 0] - value * rest[:, 1])
    clusters = int(cluster.max()) + 1
    if clusters >= LEAST_CLUSTERS:
        sums = np.bincount(cluster, score, clusters)
        correction = clusters / (clusters - 1) * (n - 1) / (n - k)
        se = math.sqrt(correction * float(sums @ sums)) / across
        return Slope(value, se, clusters - 1, "cluster")
    return Slope(value, math.sqrt(n / (n - k) * float(score @ score)) / across, n - k, "HC1")


def _split(price_gap: float, rating_gap: float, slope: Slope | None, settings: Settings) -> Row:
    """The difference in price, and what part of it goes with the difference in rating."""
    row: Row = {"log_price_difference": price_gap, "rating_difference": rating_gap}
    if slope is None:
        return row
    half = float(t_quantile(settings.confidence, slope.df)) * slope.standard_error
    ends = {"": slope.value, "_low": slope.value - half, "_high": slope.value + half}
    row |= {f"coefficient{end}": value for end, value in ends.items()}
    row |= {"standard_error": slope.standard_error, "errors": slope.errors}
    if slope.standard_error > 0:
        row["p_value"] = 2 * float(stdtr(slope.df, -abs(slope.value) / slope.standard_error))
    parts = sorted((rating_gap * ends["_low"], rating_gap * ends["_high"]))
    row |= {
        "with_rating": rating_gap * slope.value, "with_rating_low": parts[0], "with_rating_high": parts[1],
        "without_rating": price_gap - rating_gap * slope.value,
    }  # fmt: skip
    if abs(price_gap) >= LEAST_PRICE_GAP:
        shares = sorted(part / price_gap for part in parts)
        row |= {
            "share_with_rating": rating_gap * slope.value / price_gap,
            "share_with_rating_low": shares[0],
            "share_with_rating_high": shares[1],
        }
    return row


def _codes(values: Sequence[Any]) -> Codes:
    places = {value: number for number, value in enumerate(sorted(set(values)))}
    return np.array([places[value] for value in values], np.int64)
