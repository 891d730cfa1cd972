"""The analysis `contract_retention`: cohorts of contracts by age, and contracts that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.intervals import wilson
from peakend.feedback.suppression import suppress
from peakend.value.contracts.columns import CONTRACT_COHORTS, CONTRACT_FAULTS
from peakend.value.contracts.spells import EVERY, Span, Spells, ages_of, span_of, spells_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from peakend.declaration import Inputs, Results, Settings
    from peakend.engine import Relation

# What happens to contracts that cannot be as they are written, or that are not seen whole.
TREATMENTS: Mapping[str, str] = {
    "no_opening_day": "left_out",
    "opened_in_future": "left_out",
    "closed_before_opened": "left_out",
    "closed_in_future": "counted_as_open",
    "zero_length": "lost_in_first_period",
    "opened_before_observation": "seen_from_then_on",
    "sound": "used",
}
_CELLS = ("at_risk", "renewed", "retention", "retention_low", "retention_high")
_SINCE = ("n", "active", "share", "share_low", "share_high")


def retention_of_contracts(inputs: Inputs) -> Results:
    """`contract_cohorts` and `contract_faults`."""
    span = span_of(inputs)
    if span is None:
        return {table.name: table.of([]) for table in (CONTRACT_COHORTS, CONTRACT_FAULTS)}
    spells = spells_of(inputs, span)
    rows = [
        row
        for product in (EVERY, *spells.products)
        for row in _product(product, spells.of(product), span, inputs.settings)
    ]
    _hide(rows, inputs.settings)
    return {
        CONTRACT_COHORTS.name: CONTRACT_COHORTS.of(rows),
        CONTRACT_FAULTS.name: CONTRACT_FAULTS.of(list(_faults(span, spells))),
    }


def customers_active(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """Customers of a cohort's contracts still open after so many periods: customer_id, contract_id."""
    span = span_of(inputs)
    assert span is not None
    return ages_of(inputs, span).query(
        "value/contracts/active_contracts",
        {"product": row["product_id"], "cohort": row["cohort_on"], "age": int(row["age"])},
        name="ages",
    )


def _product(product: str, spells: Spells, span: Span, settings: Settings) -> Iterator[dict[str, Any]]:
    for cohort in sorted(set(spells.cohort.tolist())):
        own = spells.where(spells.cohort == cohort)
        late = bool((own.entered > 0).any())
        for age in range(1, int(own.finished.max(initial=0)) + 1):
            followed = own.finished >= age
            open_before = (own.lost_in == 0) | (own.lost_in >= age)
            open_after = (own.lost_in == 0) | (own.lost_in > age)
            seen = followed & open_before & (own.entered < age)
            row: dict[str, Any] = {
                "source": span.source, "product_id": product, "period_kind": span.period,
                "cohort_on": cohort, "age": age, "seen_late": late, "hidden": False,
                "contracts": int(own.contracts[followed].sum()),
            }  # fmt: skip
            at_risk = int(own.contracts[seen].sum())
            _shared(row, _CELLS, at_risk, int(own.contracts[seen & open_after].sum()), settings)
            if not late:
                active = int(own.contracts[followed & open_after].sum())
                _shared(row, _SINCE, row["contracts"], active, settings)
            yield row


def _shared(row: dict[str, Any], names: tuple[str, ...], base: int, count: int, settings: Settings) -> None:
    if base:
        low, high = wilson([count / base], [base], settings.confidence)
        row |= dict(zip(names, (base, count, count / base, float(low[0]), float(high[0])), strict=True))


def _hide(rows: list[dict[str, Any]], settings: Settings) -> None:
    """Cells of few contracts, and of products also those that subtraction from all would bring back."""
    totals = {(row["cohort_on"], row["age"]): row["contracts"] for row in rows if row["product_id"] == EVERY}
    families = {key: number for number, key in enumerate(totals)}
    parts = [row for row in rows if row["product_id"] != EVERY]
    hidden = np.zeros(0, bool)
    if parts:
        found = suppress(
            [row["contracts"] for row in parts],
            [families[row["cohort_on"], row["age"]] for row in parts],
            list(totals.values()),
            settings.minimum_base,
        )
        hidden = found.hidden | found.withheld
    for row, few in zip(parts, hidden.tolist(), strict=True):
        row["hidden"] = bool(few)
    for row in rows:
        few = row["contracts"] < settings.minimum_base or row.get("at_risk", settings.minimum_base) < 1
        row["hidden"] = bool(row["hidden"] or few)
        if row["hidden"]:
            row |= dict.fromkeys(("contracts", *_CELLS, *_SINCE))


def _faults(span: Span, spells: Spells) -> Iterator[dict[str, Any]]:
    found = dict(span.faults)
    late = int(spells.contracts[spells.entered > 0].sum())
    if span.since is not None and late:
        found["opened_before_observation"] = late
    for fault, contracts in sorted(found.items()):
        yield {
            "source": span.source, "fault": fault, "treatment": TREATMENTS[fault], "contracts": contracts,
            "observed_since_on": span.since, "as_of_on": span.as_of, "period_kind": span.period,
        }  # fmt: skip
