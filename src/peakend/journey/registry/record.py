"""The analysis `touchpoint_registry`: what is registered beside what is found, one record a touchpoint."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.intervals import wilson
from peakend.journey.registry.columns import CENSUS, MATRIX, PURPOSES, REGISTRY
from peakend.journey.registry.delivery import USUAL_TARGET, Aim, delivery
from peakend.journey.registry.meeting import customers_met, meetings, now
from peakend.journey.registry.studies import matrix_rows, purpose_rows
from peakend.warehouse.load_sql import STUB

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs, Results

Row = dict[str, Any]

_BETWEEN_CHANNELS = re.compile(r"\s*[,;/|、，；]\s*")
_COPIED = (
    *("parent_id", "position", "stage", "link", "experience_type", "owner", "ownership", "moment_of_truth"),
    *("thread", "purpose", "role", "target"),
)


@dataclass(frozen=True, slots=True)
class Sources:
    """What the record is joined from, each by touchpoint; small: a row a touchpoint, not a row an event."""

    registered: Mapping[str, Row]
    met: Mapping[str, Row]
    channels: Mapping[str, list[str]]
    cases: Mapping[str | None, Row]
    costs: Mapping[str | None, Decimal]
    currency: str | None
    initiatives: Mapping[str, int]
    mentioned: frozenset[str]
    totals: Row

    @property
    def touchpoints(self) -> list[str]:
        """Everything that any source names: the join is total."""
        known = {*self.registered, *self.met, *self.mentioned, *self.initiatives}
        named = {one for one in (*self.cases, *self.costs) if one is not None}
        return sorted(known | named)


def registry_tables(inputs: Inputs) -> Results:
    """The record of every touchpoint, the counts over all, the four purposes and the six moments."""
    sources = _sources(inputs)
    names = sources.touchpoints
    aims = [Aim(name, _target(sources.registered.get(name)), name) for name in names]
    settings = inputs.settings
    felt = delivery(inputs, aims).rows(settings.minimum_base, settings.alpha, settings.confidence)
    rows = [_record(name, sources, felt.get(name, {"answers": 0, "hidden": False})) for name in names]
    _customer_intervals(rows, sources.totals["customers"], settings.confidence)
    rows.sort(key=lambda row: (row["position"] is None, row["position"] or 0, row["touchpoint_id"]))
    return {
        REGISTRY.name: REGISTRY.of(rows),
        CENSUS.name: CENSUS.of([_census(rows, sources)]),
        PURPOSES.name: PURPOSES.of(purpose_rows(inputs, rows, sources.totals["customers"])),
        MATRIX.name: MATRIX.of(matrix_rows(inputs, rows)),
    }


def is_registered(row: Mapping[str, Any]) -> bool:
    """Whether a row of `touchpoints` was described by somebody; a load completes references with a key."""
    return row.get("attributes") != STUB


def _sources(inputs: Inputs) -> Sources:
    moment = {"now": now()}
    log = meetings(inputs)
    channels: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in inputs.query("journey/registry/channels_met", meetings=log).to_arrow().to_pylist():
        channels[row["touchpoint_id"]].append((-row["events"], row["channel"]))
    met = inputs.engine.query("journey/registry/met", customers_met=customers_met(inputs))
    cases = inputs.query("journey/registry/case_counts", moment).to_arrow().to_pylist()
    costs, currency = _costs(inputs)
    listed = inputs["touchpoints"].to_arrow().to_pylist()
    totals = inputs.query("journey/registry/log_totals", moment).to_arrow().to_pylist()[0]
    initiatives: dict[str, int] = defaultdict(int)
    for row in inputs["initiatives"].to_arrow().to_pylist():
        if row["touchpoint_id"] is not None:
            initiatives[row["touchpoint_id"]] += 1
    named = {
        row["touchpoint_id"]
        for table in ("questions", "changes")
        for row in inputs[table]
        .query("select t.touchpoint_id from t where t.touchpoint_id is not null")
        .to_arrow()
        .to_pylist()
    }
    stubs = {row["touchpoint_id"] for row in listed if not is_registered(row)}
    return Sources(
        registered={row["touchpoint_id"]: row for row in listed if is_registered(row)},
        met={row["touchpoint_id"]: row for row in met.to_arrow().to_pylist()},
        channels={name: [channel for _, channel in sorted(found)] for name, found in channels.items()},
        cases={row["touchpoint_id"]: row for row in cases},
        costs=costs,
        currency=currency,
        initiatives=initiatives,
        mentioned=frozenset(named | stubs),
        totals={name: int(value or 0) for name, value in totals.items()},
    )


def _costs(inputs: Inputs) -> tuple[dict[str | None, Decimal], str | None]:
    """Cost by touchpoint in the chosen currency, or in the only one; nothing where there are several."""
    rows = inputs.query("journey/registry/cost_sums").to_arrow().to_pylist()
    found = {row["currency"] for row in rows}
    wanted = inputs.settings.currency or (next(iter(found)) if len(found) == 1 else None)
    return {
        row["touchpoint_id"]: Decimal(row["amount"]) for row in rows if row["currency"] == wanted
    }, wanted if wanted in found else None


def _target(row: Row | None) -> float | None:
    return None if row is None else row["target"]


def _record(name: str, sources: Sources, felt: Row) -> Row:
    own = sources.registered.get(name)
    met = sources.met.get(name)
    events = int(met["events"]) if met else 0
    total = sum(int(row["events"]) for row in sources.met.values())
    case = sources.cases.get(name)
    cost = sources.costs.get(name, Decimal(0)) if sources.currency else None
    row: Row = {
        "touchpoint_id": name,
        "touchpoint_en": (own and own["name"]) or name,
        "touchpoint_zh": (own and (own["name_zh"] or own["name"])) or name,
        "status": _status(name, sources),
        "registered": own is not None,
        "found": met is not None,
        "events": events,
        "event_share": events / total if total else None,
        "customers": int(met["customers"]) if met else 0,
        "anonymous_events": int(met["anonymous_events"]) if met else 0,
        "first_at": met and met["first_at"],
        "last_at": met and met["last_at"],
        "cases": int(case["cases"]) if case else 0,
        "open_cases": int(case["open_cases"]) if case else 0,
        "overdue_cases": int(case["overdue_cases"]) if case else 0,
        "initiatives": sources.initiatives.get(name, 0),
        "cost": cost,
        "cost_per_event": float(cost) / events if cost is not None and events else None,
        "currency": sources.currency,
        "threshold": _target(own) or USUAL_TARGET,
        "against_target": None if _target(own) is not None else "no_target",
    }
    row |= {column: own[column] if own else None for column in _COPIED}
    return row | _channels(name, sources) | felt


def _status(name: str, sources: Sources) -> str:
    if name in sources.registered:
        parts = (key for key, row in sources.registered.items() if row["parent_id"] == name)
        if name in sources.met:
            return "met"
        return "met_through_parts" if any(part in sources.met for part in parts) else "never_met"
    return "unregistered" if name in sources.met else "mentioned"


def _channels(name: str, sources: Sources) -> Row:
    """Declared are a touchpoint's own channels and those of its parts."""
    declared: dict[str, None] = {}
    for key, row in sources.registered.items():
        if name in (key, row["parent_id"]) and row["channel"]:
            declared |= dict.fromkeys(one for one in _BETWEEN_CHANNELS.split(row["channel"].strip()) if one)
    met = sources.channels.get(name, [])
    return {
        "channels_declared": _joined(list(declared)),
        "channels_met": _joined(met),
        "channels_undeclared": _joined([one for one in met if one not in declared]) if declared else None,
        "channels_unmet": _joined([one for one in declared if one not in met]) if met else None,
    }


def _joined(channels: Sequence[str]) -> str | None:
    return ", ".join(channels) or None


def _customer_intervals(rows: Sequence[Row], customers: int, confidence: float) -> None:
    if not customers:
        return
    share = np.array([row["customers"] / customers for row in rows])
    low, high = wilson(share, np.full(len(rows), float(customers)), confidence)
    for place, row in enumerate(rows):
        row |= {
            "customer_share": float(share[place]),
            "customer_share_low": float(low[place]),
            "customer_share_high": float(high[place]),
        }


def _census(rows: Sequence[Row], sources: Sources) -> Row:
    def count(*statuses: str) -> int:
        return sum(row["status"] in statuses for row in rows)

    totals, elsewhere = sources.totals, sources.cases.get(None)
    return {
        "registered": sum(row["registered"] for row in rows),
        "met": count("met", "met_through_parts"),
        "never_met": count("never_met"),
        "unregistered": count("unregistered"),
        "mentioned": count("mentioned"),
        "moments_of_truth": sum(bool(row["moment_of_truth"]) for row in rows),
        "events": sum(row["events"] for row in rows),
        "unregistered_events": sum(row["events"] for row in rows if row["status"] == "unregistered"),
        "nameless_events": totals["nameless"],
        "impossible_events": totals["impossible"],
        "customers": totals["customers"],
        "cases": sum(int(case["cases"]) for case in sources.cases.values()),
        "cases_elsewhere": int(elsewhere["cases"]) if elsewhere else 0,
        "cost": sum(sources.costs.values(), Decimal(0)) if sources.currency else None,
        "cost_elsewhere": sources.costs.get(None, Decimal(0)) if sources.currency else None,
        "currency": sources.currency,
    }
