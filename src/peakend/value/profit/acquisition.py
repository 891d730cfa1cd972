"""What winning a customer costs, by entry product and channel, against what keeping one costs."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from peakend.declaration import Inputs, Settings
    from peakend.engine import Relation
    from peakend.value.profit.ledger import Ledger

    Row = Mapping[str, Any]

ALL = "all"
NOT_STATED = ""
_CUTS = (ALL, "entry_product", "entry_channel")


def acquisition_rows(
    sizes: Sequence[Row], spend: Sequence[Row], curves: Sequence[Row], last_month: int, settings: Settings
) -> list[dict[str, Any]]:
    """Rows of `acquisition_costs`: everybody, then by entry product, then by entry channel.

    cac = spend / new customers. Spend on customers counts where they came in, spend on campaigns where the
    entry says (product, channel), else in the cell ''. In every cut spend adds up to all that was spent.
    payback_months: first month k ≥ 0 in which the mean of what new customers brought, month by month over
    those for whom month k is over, has made up for cac; None: not yet within the months observed.
    Source: Bell et al. (2002), Journal of Service Research 5(1); Blattberg, Getz & Thomas (2001).
    """
    rows = []
    for cut in _CUTS:
        won: dict[str, int] = defaultdict(int)
        spent: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        starts: dict[str, list[tuple[int, int, float]]] = defaultdict(list)
        brought: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        for row in sizes:
            cell = _cell(cut, row["entry_product"], row["entry_channel"])
            won[cell] += row["bought"]
            over = last_month - _number(row["cohort_on"]) + 1
            starts[cell].append((over, row["bought"], float(row["served"])))
        for row in spend:
            spent[_cell(cut, row["product"], row["channel"]), row["spent_on"]] += Decimal(row["amount"])
        for row in curves:
            if _number(row["cohort_on"]) + row["month"] <= last_month:
                brought[_cell(cut, row["entry_product"], row["entry_channel"])][row["month"]] += float(
                    row["profit"]
                )
        for cell in sorted({*won, *(cell for cell, _ in spent)}):
            own = {on: spent[cell, on] for on in ("customers", "campaigns")}
            if not won[cell] and not any(own.values()):
                continue
            rows.append(
                _row(cut, cell, won[cell], own, _payback_curve(starts[cell], brought[cell]), settings)
            )
    return rows


def _row(
    cut: str, cell: str, won: int, spent: Mapping[str, Decimal], curve: Sequence[float], settings: Settings
) -> dict[str, Any]:
    whole = sum(spent.values(), Decimal(0))
    stated = cut == ALL or cell != NOT_STATED
    hidden = won < settings.minimum_base
    cac = float(whole) / won if stated and won else None
    back = None if cac is None else next((k for k, value in enumerate(curve) if value >= cac), None)
    state = (
        "not_stated"
        if not stated
        else "nobody"
        if not won
        else "paid_back"
        if back is not None
        else "not_yet"
    )
    row: dict[str, Any] = {
        "cut": cut,
        "cell": cell,
        "spend": whole,
        "spend_on_customers": spent["customers"],
        "spend_on_campaigns": spent["campaigns"],
        "hidden": hidden,
    }
    if hidden:
        return row
    return row | {
        "new_customers": won,
        "cac": cac,
        "payback_months": back,
        "months_observed": len(curve),
        "brought_per_customer": curve[-1] if curve else None,
        "state": state,
    }


def _payback_curve(starts: Iterable[tuple[int, int, float]], brought: Mapping[int, float]) -> list[float]:
    """Cumulative mean by month of what a new customer brings before the cost of winning them."""
    begun = [(over, n, served) for over, n, served in starts if over > 0 and n]
    curve: list[float] = []
    cumulative = 0.0
    for month in range(max((over for over, _, _ in begun), default=0)):
        seen = [(over, n, served) for over, n, served in begun if over > month]
        served = sum(cost / over for over, _, cost in seen)
        cumulative += (brought.get(month, 0.0) - served) / sum(n for _, n, _ in seen)
        curve.append(cumulative)
    return curve


def keeping_rows(inputs: Inputs, ledger: Ledger, starts: Relation) -> list[dict[str, Any]]:
    """Rows of `keeping_costs`, a calendar year each: what a new customer and what a kept one costs.

    kept: bought in the year and began before it. ratio = (retention / kept) / (acquisition / new): below 1,
    keeping is the cheaper. Empty where one of them is not known or zero.
    """
    rows = inputs.query(
        "value/profit/keeping_years",
        profit_lines=ledger.lines,
        entries=ledger.entries,
        customer_starts=starts,
    ).to_arrow()
    found = []
    for row in sorted(rows.to_pylist(), key=lambda one: one["in_year"]):
        cac = float(row["acquisition"]) / row["won"] if row["won"] else None
        kept = float(row["retention"]) / row["kept"] if row["kept"] else None
        found.append(
            {
                "year": row["in_year"],
                "acquisition": Decimal(row["acquisition"]),
                "new_customers": row["won"],
                "cost_to_win": cac,
                "retention": Decimal(row["retention"]),
                "kept_customers": row["kept"],
                "cost_to_keep": kept,
                "ratio": kept / cac if cac and kept is not None and row["retention"] else None,
            }
        )
    return found


def _cell(cut: str, product: str, channel: str) -> str:
    return {ALL: ALL, "entry_product": product, "entry_channel": channel}[cut]


def _number(day: date) -> int:
    return 12 * day.year + day.month
