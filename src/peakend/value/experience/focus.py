"""The analysis `value_focus`: from all customers to the key factors of the most valuable ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from scipy.special import ndtr, ndtri

from peakend.feedback.comparison import holm
from peakend.value.experience.answers import followed, latest
from peakend.value.experience.columns import KEY_FACTORS, VALUE_FOCUS
from peakend.value.experience.group_means import group_mean
from peakend.value.experience.linkage import dilution
from peakend.value.experience.promoters import read_cells, slopes

if TYPE_CHECKING:
    from peakend.declaration import Inputs, Results, Settings
    from peakend.engine import Relation
    from peakend.value.experience.linkage import Slope

Row = dict[str, Any]
STEPS = {"all": None, "value": "valued", "high_value": "high", "key_factors": "missed"}
MOST_KEY_FACTORS = 3
FEWEST_PAIRS = 30
"""High-value customers who rated a touchpoint, for it to be judged at all."""


@dataclass(frozen=True, slots=True)
class Focus:
    """customers: one row a customer with the steps they belong to. factors: rows of `key_factors`."""

    customers: Relation
    factors: list[Row]


def focus_tables(inputs: Inputs) -> Results:
    """Both tables. Raises `SeveralCurrenciesError`, `NoSuchCurrencyError`."""
    found = focus_of(inputs)
    rows = inputs.engine.query("value/experience/focus_sums", focus=found.customers).to_arrow().to_pylist()
    after = followed(inputs)
    cells = None if after is None else read_cells(after.stratified)
    told = {} if cells is None else slopes(*cells, inputs.settings.confidence)
    currency = inputs.settings.currency if after is None else after.currency
    return {
        "value_focus": VALUE_FOCUS.of(_steps(rows, told, inputs.settings, currency)),
        "key_factors": KEY_FACTORS.of(found.factors),
    }


def focus_of(inputs: Inputs) -> Focus:
    """Who belongs to which step: each is part of the one before it."""
    answers = latest(inputs)
    high = inputs.query("value/experience/high_value")
    pairs = inputs.query("value/experience/factor_pairs", latest=answers, high_value=high)
    sums = inputs.engine.query("value/experience/factor_sums", pairs=pairs).to_arrow().to_pylist()
    factors = _factors(sums, inputs.settings)
    key = pa.table(
        {"touchpoint_id": pa.array([r["touchpoint_id"] for r in factors if r.get("key")], pa.string())}
    )
    misses = inputs.engine.query(
        "value/experience/factor_misses", pairs=pairs, key_factors=inputs.engine.from_arrow(key)
    )
    customers = inputs.query(
        "value/experience/focus_customers", latest=answers, high_value=high, factor_misses=misses
    )
    return Focus(customers, factors)


def _factors(sums: list[Row], settings: Settings) -> list[Row]:
    """Rows of `key_factors`, strongest first.

    Correlation with Fisher's interval, tanh(atanh r ± z / √(n − 3)) (Fisher 1921, Metron 1), of customers'
    ratings with the whole in the same response; pointing out, not proving, what matters to them.
    """
    others = {row["touchpoint_id"]: _correlation(row) for row in sums if not row["high"]}
    rows: list[Row] = []
    for row in sums:
        if not row["high"]:
            continue
        n = row["customers"]
        told: Row = {"touchpoint_id": row["touchpoint_id"], "key": False, "hidden": n < settings.minimum_base}
        rows.append(told)
        if told["hidden"]:
            continue
        told |= {"customers": n, "rating": row["rating"] / n, "others": others.get(row["touchpoint_id"])}
        r = _correlation(row)
        if r is None or n < FEWEST_PAIRS:
            continue
        middle, width = math.atanh(max(min(r, 1 - 1e-12), -1 + 1e-12)), 1 / math.sqrt(n - 3)
        half = float(ndtri(0.5 + settings.confidence / 2)) * width
        told |= {"correlation": r, "low": math.tanh(middle - half), "high": math.tanh(middle + half)}
        told["_p"] = 2 * float(ndtr(-abs(middle) / width))
    judged = [row for row in rows if "_p" in row]
    if judged:
        adjusted, _ = holm([row["_p"] for row in judged])
        for row, p in zip(judged, adjusted, strict=True):
            row["p"] = float(p)
    rows.sort(key=lambda row: (-(row.get("correlation") or -2.0), row["touchpoint_id"]))
    strong = [r for r in rows if r.get("p") is not None and r["p"] < settings.alpha and r["correlation"] > 0]
    for row in strong[:MOST_KEY_FACTORS]:
        row["key"] = True
    for position, row in enumerate(rows, start=1):
        row["position"] = position
    return rows


def _correlation(row: Row) -> float | None:
    n = row["customers"]
    across = n * row["ratings"] - row["rating"] ** 2
    along = n * row["wholes"] - row["whole"] ** 2
    if n < 4 or across <= 1e-9 or along <= 1e-9:
        return None
    return float((n * row["products"] - row["rating"] * row["whole"]) / math.sqrt(across * along))


def _steps(
    rows: list[Row], told: dict[tuple[str, str], Slope], settings: Settings, currency: str | None
) -> list[Row]:
    if not rows:
        return []
    everything = sum((Decimal(row["worth"]) for row in rows), Decimal(0))
    people = sum(row["customers"] for row in rows)
    found = []
    for position, (step, column) in enumerate(STEPS.items(), start=1):
        mine = [row for row in rows if column is None or row[column] == 1]
        total = {
            name: sum(row[name] for row in mine) for name in ("customers", "answered", "score", "squared")
        }
        told_row: Row = {"position": position, "step": step, "currency": currency, "hidden": False}
        found.append(told_row)
        if 0 < total["customers"] < settings.minimum_base:
            told_row["hidden"] = True
            continue
        worth = sum((Decimal(row["worth"]) for row in mine), Decimal(0))
        told_row |= {"customers": total["customers"], "worth": worth}
        told_row["worth_share"] = float(worth / everything) if everything else None
        if total["answered"] >= settings.minimum_base:
            mean = group_mean(total["answered"], total["score"], total["squared"])
            low, high = mean.interval(settings.confidence)
            told_row |= {"answered": total["answered"], "satisfaction": mean.mean}
            told_row |= {
                "low": None if low is None else max(low, 0.0),
                "high": None if high is None else min(high, 10.0),
            }
        told_row |= _return(step, told, total["customers"] / people if people else 0.0, settings)
    return found


def _return(step: str, told: dict[tuple[str, str], Slope], share: float, settings: Settings) -> Row:
    """What a point returns at a step, and what the same budget returns when it is spread on all instead."""
    name = {"all": "all", "high_value": "high_value"}.get(step)
    if name is None or (name, "alike") not in told:
        return {}
    mine = told[name, "alike"]
    if mine.customers < settings.minimum_base:
        return {}
    row: Row = {"return_per_point": mine.value, "return_low": mine.low, "return_high": mine.high}
    if name == "high_value":
        thinned = dilution(mine, told["others", "alike"], share, settings.confidence)
        if thinned is not None:
            row |= dict(zip(("spread_over_aimed", "spread_low", "spread_high"), thinned, strict=True))
    return row
