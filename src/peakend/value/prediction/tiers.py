"""The analysis `value_tiers`: tiers by lifetime value, who moved, who will grow, whose rank changes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri
from scipy.stats import beta

from peakend.value.models.gamma_gamma import GammaGammaModel
from peakend.value.models.histories import PurchaseHistories
from peakend.value.models.parameters import Parameters
from peakend.value.prediction import results
from peakend.value.prediction.candidates import CANDIDATES, discounted
from peakend.value.prediction.lifetimes import SPEND, tier_thresholds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from peakend.declaration import Inputs, Results
    from peakend.value.prediction.candidates import PurchaseModel

    Floats = NDArray[np.float64]

Row = dict[str, Any]
TIERS = ("platinum", "gold", "iron", "lead")
BANDS = ("watch", "growing", "steady", "shrinking")
MOST_HISTORIES = 20_000
"""Of a tier, from which its uncertainty is told; a share of it hardly depends on more."""


def tier_tables(inputs: Inputs) -> Results:
    """Every table of the analysis, from the stored values of customers."""
    return {
        "value_tiers": results.VALUE_TIERS.of(_tier_rows(inputs)),
        "tier_migration": results.TIER_MIGRATION.of(_move_rows(inputs)),
        "growth_potential": results.GROWTH_POTENTIAL.of(_potential_rows(inputs)),
        "rank_change": inputs.query("value/prediction/rank_change"),
    }


def _tier_rows(inputs: Inputs) -> list[Row]:
    found = {row["tier"]: row for row in inputs.query("value/prediction/tier_sums").to_arrow().to_pylist()}
    if not found:
        return []
    thresholds = tier_thresholds(inputs["lifetime_values"])
    errors = _relative_errors(inputs, next(iter(found.values())))
    everybody = sum(row["customers"] for row in found.values())
    worth = sum((Decimal(row["lifetime_value"]) for row in found.values()), Decimal(0))
    z = float(ndtri(0.5 + inputs.settings.confidence / 2))
    names = ("customers", "lifetime_value", "past_value", "active_customers")
    total = {name: sum(row[name] for row in found.values()) for name in names}
    total["currency"] = next(iter(found.values()))["currency"]
    rows = []
    for position, tier in enumerate((*TIERS, "total"), start=1):
        row = total if tier == "total" else found.get(tier)
        if row is None:
            continue
        named = {"position": position, "tier": tier, "from_value": thresholds.get(tier)}
        half = Decimal(repr(z * errors.get(tier, float("nan")))) if tier in errors else None
        value = Decimal(row["lifetime_value"])
        rows.append(
            {
                **row,
                **named,
                "customer_share": row["customers"] / everybody,
                "value_share": float(value / worth) if worth else None,
                "low": None if half is None else _cents(value - half * abs(value)),
                "high": None if half is None else _cents(value + half * abs(value)),
            }
        )
    return rows


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.0001"))


def _relative_errors(inputs: Inputs, ahead: Row) -> dict[str, float]:
    """Standard error of each tier's expected value over that value, from the parameters' covariance.

    Purchases and spend were fitted apart, so their variances add. A tier of many histories is judged by an
    even sample of them. ahead: has horizon_days and discount_rate.
    """
    models = _stored_models(inputs)
    if models is None:
        return {}
    purchase, spend = models
    counts = inputs.query("value/prediction/tier_histories").to_arrow().to_pydict()
    tier = np.asarray(counts["tier"])
    errors = {}
    for name in (*TIERS, "total"):
        places = np.flatnonzero(tier == name) if name != "total" else np.arange(len(tier))
        if len(places) == 0:
            continue
        order = np.lexsort([np.asarray(counts[c])[places] for c in ("age_days", "recency_days", "frequency")])
        places = places[order][:: max(len(places) // MOST_HISTORIES, 1)]
        sample = {key: np.asarray(column)[places] for key, column in counts.items() if key != "tier"}
        errors[name] = _relative_error(purchase, spend, sample, ahead)
    return errors


def _relative_error(
    purchase: PurchaseModel, spend: GammaGammaModel | None, sample: dict[str, Any], ahead: Row
) -> float:
    histories = PurchaseHistories.from_days(
        sample["frequency"], sample["recency_days"], sample["age_days"], sample["customers"]
    )
    n, repeat = sample["customers"].astype(np.float64), sample["repeat_value"].astype(np.float64)
    x = sample["frequency"].astype(np.float64)

    def spent(vector: Floats) -> Floats:
        p, q, v = vector
        return np.asarray(p * (v * n + repeat) / (p * x + q - 1), np.float64)

    def bought(vector: Floats) -> Floats:
        return discounted(purchase.at(vector), histories, ahead["horizon_days"], ahead["discount_rate"])

    each = n if spend is None else spent(spend.params.vector)
    often = bought(purchase.params.vector)
    total = float(often @ each)
    if total <= 0:
        return float("nan")
    variance = float(purchase.implied(lambda vector: np.asarray(bought(vector) @ each)).standard_error) ** 2
    if spend is not None:
        variance += float(spend.implied(lambda vector: np.asarray(often @ spent(vector))).standard_error) ** 2
    return float(np.sqrt(variance)) / total


def _stored_models(inputs: Inputs) -> tuple[PurchaseModel, GammaGammaModel | None] | None:
    """The models as `lifetime_values` stored them; None when there is none."""
    values = inputs["lifetime_parameters"].to_arrow().to_pylist()
    between = inputs["lifetime_covariances"].to_arrow().to_pylist()
    found: dict[str, Parameters] = {}
    for name in sorted({row["model"] for row in values}):
        known = CANDIDATES[name].names if name in CANDIDATES else GammaGammaModel.names
        vector = {row["parameter"]: row["value"] for row in values if row["model"] == name}
        covariance = {(r["parameter"], r["other"]): r["covariance"] for r in between if r["model"] == name}
        found[name] = Parameters(
            known,
            np.array([vector[one] for one in known]),
            np.array([[covariance[one, other] for other in known] for one in known]),
        )
    purchase = next((name for name in found if name in CANDIDATES), None)
    if purchase is None:
        return None
    spend = GammaGammaModel().having(found[SPEND]) if SPEND in found else None
    return CANDIDATES[purchase]().having(found[purchase]), spend


def _move_rows(inputs: Inputs) -> list[Row]:
    """Shares of each former tier with an interval (Clopper & Pearson 1934, Biometrika 26(4))."""
    found = inputs.query("value/prediction/tier_moves").to_arrow().to_pylist()
    dates = {name: max((r[name] for r in found if r[name]), default=None) for name in ("from_on", "to_on")}
    if dates["from_on"] is None:
        return []
    rows: list[Row] = []
    tail = (1 - inputs.settings.confidence) / 2
    for before in (*TIERS, "new"):
        counts = {row["to_tier"]: row["customers"] for row in found if row["from_tier"] == before}
        total = sum(counts.values())
        for after in TIERS if total else ():
            n = counts.get(after, 0)
            low = float(beta.ppf(tail, n, total - n + 1)) if n else 0.0
            high = float(beta.ppf(1 - tail, n + 1, total - n)) if n < total else 1.0
            named = {"from_tier": before, "to_tier": after, "customers": n, "share": n / total}
            rows.append({**named, "low": low, "high": high, **dates})
    return rows


def _potential_rows(inputs: Inputs) -> list[Row]:
    bands = inputs.query("value/prediction/potential_bands")
    sums = inputs.query("value/prediction/potential_sums", bands=bands).to_arrow().to_pylist()
    found = {row["band"]: row for row in sums}
    if not found:
        return []
    names = ("customers", "recent_value", "potential")
    total = {name: sum(row[name] for row in found.values()) for name in names}
    total["currency"] = sums[0]["currency"]
    rows = []
    for position, band in enumerate((*BANDS, "total"), start=1):
        row = total if band == "total" else found.get(band)
        if row is None:
            continue
        named = {"position": position, "band": band}
        rows.append(
            {**row, **named, "expected_value": row["recent_value"] + row["potential"], "hidden": False}
        )
    return rows
