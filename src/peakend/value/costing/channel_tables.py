"""The analysis `channel_costs`: what each channel costs, and which contacts could move to a cheaper one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from peakend.feedback.intervals import mean_interval
from peakend.value.costing.apportionment import nearest
from peakend.value.costing.cell_costs import cell_costs, costed_days, count_costs
from peakend.value.costing.channel_columns import CHANNEL_COSTS, CHANNEL_MIGRATIONS
from peakend.value.costing.migrations import MARGIN, Both, Felt, guard, verdicts_of
from peakend.value.costing.pools import MINUTES_OF_INTERACTIONS
from peakend.value.costing.rates import NOTHING
from peakend.value.costing.volumes import costing_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    import pyarrow as pa

    from peakend.declaration import Inputs, Results, Settings
    from peakend.engine import Relation
    from peakend.value.costing.volumes import Costing

NO_CHANNEL = "(none)"
CONTACTS = ("interactions", MINUTES_OF_INTERACTIONS)
Row = dict[str, Any]


@dataclass(slots=True)
class _Channel:
    cost: Decimal = NOTHING
    unidentified: Decimal = NOTHING
    of_contacts: Decimal = NOTHING
    contacts: int = 0
    orders: int = 0


def channel_tables(inputs: Inputs) -> Results:
    """Both tables; over channels their cost makes what the pools assign, to the last digit."""
    costing = costing_of(inputs)
    if costing is None:
        return {table.name: table.of([]) for table in (CHANNEL_COSTS, CHANNEL_MIGRATIONS)}
    met = inputs.query(
        "value/costing/contact_channels",
        activity_units=costing.units,
        count_costs=count_costs(inputs, costing),
    ).to_arrow()
    contacts = {(row["touchpoint_id"], row["channel"]): row for row in met.to_pylist()}
    return {
        CHANNEL_COSTS.name: _channels(inputs, costing, contacts),
        CHANNEL_MIGRATIONS.name: _migrations(inputs, costing, contacts),
    }


def customers_of_channel(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customers behind a row of `channel_costs`: customer_id, units."""
    costing = costing_of(inputs)
    if costing is None:
        raise LookupError("there is no pool")
    return inputs.query(
        "value/costing/customers_of_channel",
        {"channel": row["channel"]},
        activity_units=costing.units,
        count_costs=count_costs(inputs, costing),
    )


def _channels(inputs: Inputs, costing: Costing, contacts: Mapping[tuple[str, str], Row]) -> pa.Table:
    found: dict[str, _Channel] = {}
    for cell, cost in cell_costs(costing):
        own = found.setdefault(cell.channel or NO_CHANNEL, _Channel())
        own.cost += cost
        if not cell.identified:
            own.unidentified += cost
        activity = costing.activities[cell.activity_id, cell.period_on]
        if activity.driver in CONTACTS and cell.touchpoint_id and cell.channel:
            own.of_contacts += cost
    for (_, channel), row in contacts.items():
        found.setdefault(channel, _Channel()).contacts += row["contacts"]
    orders = inputs.query("value/costing/channel_orders", costed_days=costed_days(inputs, costing)).to_arrow()
    for row in orders.to_pylist():
        found.setdefault(row["channel"], _Channel()).orders += row["orders"]
    borne = inputs.query(
        "value/costing/channel_customers",
        activity_units=costing.units,
        count_costs=count_costs(inputs, costing),
    ).to_arrow()
    customers = {row["channel"]: row for row in borne.to_pylist()}
    total = sum((one.cost for one in found.values()), NOTHING)
    return CHANNEL_COSTS.of(
        [
            _channel(name, found[name], total, customers.get(name), inputs.settings)
            | {"currency": costing.currency}
            for name in sorted(found)
        ]
    )


def _channel(name: str, own: _Channel, total: Decimal, served: Row | None, settings: Settings) -> Row:
    n = served["customers"] if served else 0
    row: Row = {
        "channel": name,
        "cost": own.cost,
        "unidentified_cost": own.unidentified,
        "share": float(own.cost / total) if total else None,
        "contacts": own.contacts,
        "cost_per_contact": float(own.of_contacts / own.contacts) if own.contacts else None,
        "orders": own.orders,
        "cost_per_order": float(own.cost / own.orders) if own.orders else None,
        "hidden": 0 < n < settings.minimum_base,
    }
    if row["hidden"] or served is None:
        return row | ({} if row["hidden"] else {"customers": 0})
    mean = served["cost"] / n
    row |= {"customers": n, "cost_per_customer": mean}
    if n > 1:
        variance = max(served["squares"] - n * mean**2, 0.0) / (n - 1)
        low, high = mean_interval(mean, math.sqrt(variance / n), n - 1, settings.confidence, (0, math.inf))
        if variance > 1e-12 * mean**2:
            row |= {"cost_per_customer_low": float(low), "cost_per_customer_high": float(high)}
    return row


def _migrations(inputs: Inputs, costing: Costing, contacts: Mapping[tuple[str, str], Row]) -> pa.Table:
    costs: dict[tuple[str, str], Decimal] = {}
    for cell, cost in cell_costs(costing):
        activity = costing.activities[cell.activity_id, cell.period_on]
        if activity.driver in CONTACTS and cell.touchpoint_id and cell.channel:
            key = (cell.touchpoint_id, cell.channel)
            costs[key] = costs.get(key, NOTHING) + cost
    each = {key: Fraction(costs.get(key, NOTHING)) / row["contacts"] for key, row in contacts.items()}
    felt, both = _felt(inputs)
    names = {row["touchpoint_id"]: row for row in _registry(inputs)}
    rows = []
    guards = []
    for touchpoint, origin in sorted(contacts):
        for place, target in sorted(contacts):
            if place != touchpoint or each[touchpoint, target] >= each[touchpoint, origin]:
                continue
            own, other = contacts[touchpoint, origin], contacts[touchpoint, target]
            row: Row = {
                "touchpoint_id": touchpoint,
                "touchpoint_en": names.get(touchpoint, {}).get("name") or touchpoint,
                "touchpoint_zh": names.get(touchpoint, {}).get("name_zh"),
                "from_channel": origin,
                "to_channel": target,
                "margin": MARGIN,
                "currency": costing.currency,
                "hidden": min(own["customers"], other["customers"]) < inputs.settings.minimum_base,
            }
            found = None
            if not row["hidden"]:
                saved = (each[touchpoint, origin] - each[touchpoint, target]) * own["contacts"]
                row |= {
                    "contacts": own["contacts"],
                    "to_contacts": other["contacts"],
                    "customers": own["customers"],
                    "from_cost": float(each[touchpoint, origin]),
                    "to_cost": float(each[touchpoint, target]),
                    "saving": nearest(saved),
                }
                measure = _measure(felt, touchpoint, origin, target)
                if measure is not None:
                    first, second = felt[measure, touchpoint, origin], felt[measure, touchpoint, target]
                    shared = both.get((measure, touchpoint, origin, target), Both())
                    found = guard(first, second, shared, inputs.settings.confidence)
                    row |= _told(measure, first, second, inputs.settings)
            if found is not None:
                row |= {
                    "difference": found.difference,
                    "difference_low": found.low,
                    "difference_high": found.high,
                    "p_value": found.p,
                }
            rows.append(row)
            guards.append(found)
    adjusted, words = verdicts_of(guards, inputs.settings.alpha)
    for row, p, word in zip(rows, adjusted, words, strict=True):
        row |= {"adjusted_p": p, "verdict": None if row["hidden"] else word}
    return CHANNEL_MIGRATIONS.of(rows)


def _told(measure: str, first: Felt, second: Felt, settings: Settings) -> Row:
    """What was felt, where enough customers told."""
    row: Row = {"measure": measure, "from_persons": first.persons, "to_persons": second.persons}
    if min(first.persons, second.persons) >= settings.minimum_base:
        row |= {"from_felt": first.mean, "to_felt": second.mean}
    return row


def _measure(felt: Mapping[tuple[str, str, str], Felt], touchpoint: str, a: str, b: str) -> str | None:
    """The measure that most customers of the smaller channel told (ties: the first by name)."""
    known = sorted({measure for measure, *_ in felt})
    told = {
        measure: min(felt[measure, touchpoint, a].persons, felt[measure, touchpoint, b].persons)
        for measure in known
        if (measure, touchpoint, a) in felt and (measure, touchpoint, b) in felt
    }
    return max(told, key=lambda measure: told[measure], default=None)


def _felt(
    inputs: Inputs,
) -> tuple[dict[tuple[str, str, str], Felt], dict[tuple[str, str, str, str], Both]]:
    persons = inputs.query("value/costing/felt_persons", felt=inputs.query("value/costing/felt"))
    sums = inputs.query("value/costing/felt_sums", felt_persons=persons).to_arrow().to_pylist()
    pairs = inputs.query("value/costing/felt_pairs", felt_persons=persons).to_arrow().to_pylist()
    found = {
        (row["measure"], row["touchpoint_id"], row["channel"]): Felt(
            row["persons"], row["n"], row["s"], row["nn"], row["ns"], row["ss"]
        )
        for row in sums
    }
    both = {
        (row["measure"], row["touchpoint_id"], row["from_channel"], row["to_channel"]): Both(
            row["persons"], row["nn"], row["ns"], row["sn"], row["ss"]
        )
        for row in pairs
    }
    return found, both


def _registry(inputs: Inputs) -> Iterable[Row]:
    rows: list[Row] = inputs.query("value/costing/registry_of_touchpoints").to_arrow().to_pylist()
    return rows
