"""The analysis `allocation_sensitivity`: other keys for the same cost, and whom they rank otherwise."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.intervals import wilson
from peakend.value.costing.allocation_columns import ALLOCATION_SENSITIVITY
from peakend.value.costing.rank_agreement import kendall_tau_b, spearman_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs, Results, Settings
    from peakend.engine import Relation

MOST_SIGNS = 0.05
LEAST_RHO = 0.9
Row = dict[str, Any]


def allocation_tables(inputs: Inputs) -> Results:
    """The table; the same total of `customer_service_cost` by each key, ranks compared in the engine.

    Ranked are customers with a cost to serve or a purchase in its currency; ties share their mean place, and
    so a tenth. Profit here is revenue less cost of goods (where transactions name it) less the cost to serve.
    """
    (total,) = (
        inputs.query(
            "select cast(sum(c.cost_to_serve) as decimal(18, 4)) as cost, min(c.currency) as currency from c",
            c=inputs["customer_service_cost"],
        )
        .to_arrow()
        .to_pylist()
    )
    if not total["cost"]:
        return {ALLOCATION_SENSITIVITY.name: ALLOCATION_SENSITIVITY.of([])}
    pairs = _pairs(inputs, total["currency"])
    sums = inputs.query("value/costing/allocation_sums", allocation_pairs=pairs).to_arrow().to_pylist()
    counts = inputs.query("value/costing/allocation_percentiles", allocation_pairs=pairs).to_arrow()
    tables: dict[tuple[str, str], Any] = {}
    names = ("ranking", "allocation_key", "from_percentile", "to_percentile", "customers")
    for ranking, key, start, end, n in zip(*(counts[name].to_pylist() for name in names), strict=True):
        tables.setdefault((ranking, key), np.zeros((100, 100), dtype=np.int64))[start, end] = n
    rows = [
        _row(row, tables[row["ranking"], row["allocation_key"]], inputs.settings)
        | {"allocated": Decimal(total["cost"]), "currency": total["currency"]}
        for row in sorted(sums, key=lambda row: (row["ranking"], row["allocation_key"]))
    ]
    return {ALLOCATION_SENSITIVITY.name: ALLOCATION_SENSITIVITY.of(rows)}


def customers_moved(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customers behind `moved`: customer_id, tenth by minutes and by the key, change of sign."""
    return inputs.query(
        "value/costing/allocation_movers",
        {"allocation_key": row["allocation_key"], "ranking": row["ranking"]},
        allocation_pairs=_pairs(inputs, row["currency"]),
    )


def _pairs(inputs: Inputs, currency: str | None) -> Relation:
    customers = inputs.query("value/costing/allocation_customers", {"currency": currency or ""})
    ranks = inputs.query("value/costing/allocation_keys", allocation_customers=customers)
    return inputs.query("value/costing/allocation_pairs", allocation_ranks=ranks)


def _row(sums: Mapping[str, Any], table: Any, settings: Settings) -> Row:  # noqa: ANN401 - an array
    n = sums["n"]
    row: Row = {
        "ranking": sums["ranking"],
        "allocation_key": sums["allocation_key"],
        "hidden": n < settings.minimum_base,
    }
    if row["hidden"]:
        return row
    row["n"] = n
    spread = sums["aa"] * sums["bb"]
    rho = None
    ends = None
    if spread > 0:
        rho = float(np.clip(sums["ab"] / np.sqrt(spread), -1, 1))
        ends = spearman_interval(rho, n, settings.confidence)
        row |= {"spearman": rho, "kendall": kendall_tau_b(table)}
        if ends is not None:
            row |= {"spearman_low": ends[0], "spearman_high": ends[1]}
        row |= {name: sums[name] for name in ("moved", "far_up", "far_down")}
        row |= _share("moved_share", sums["moved"], n, settings)
    low = 0.0
    if sums["ranking"] == "profit":
        changed = sums["to_loss"] + sums["to_profit"]
        row |= {"to_loss": sums["to_loss"], "to_profit": sums["to_profit"]}
        row |= _share("sign_share", changed, n, settings)
        low = row["sign_share_low"]
    row["warning"] = low > MOST_SIGNS or (rho is not None and (ends[1] if ends else rho) < LEAST_RHO)
    return row


def _share(name: str, count: int, n: int, settings: Settings) -> Row:
    low, high = wilson(count / n, n, settings.confidence)
    return {name: count / n, f"{name}_low": float(low), f"{name}_high": float(high)}
