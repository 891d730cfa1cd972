"""The analysis `touchpoint_importance`: frequency and importance from journeys, intervals by customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.drivers.ranks import ranks
from peakend.feedback.intervals import wilson
from peakend.journey.registry.delivery import Aim, delivery
from peakend.journey.registry.importance import priority_scores, quadrant_of, side
from peakend.journey.registry.importance_columns import IMPORTANCE
from peakend.journey.registry.record import is_registered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs, Results
    from peakend.engine import Relation

Numbers = NDArray[np.float64]
Row = dict[str, Any]

STRONG = 0.5
"""|emotion| from which a moment counts as strong: half way from indifferent to the end of the scale."""

GROUPS = 400
DRAWS = 1000
_SEED = 20260
_TOP = 10.0


@dataclass(frozen=True, slots=True)
class Use:
    """Counts by group of customers (rows) and touchpoint (columns); size: customers of each group.

    Customers are dealt into at most `GROUPS` groups, whole; with fewer customers each is a group. Groups are
    what is drawn in the bootstrap, so that a customer's events stay together and a million customers never
    leave the engine. Source: random groups, Wolter (2007), Introduction to Variance Estimation, chapter 2.
    """

    touchpoints: tuple[str, ...]
    size: Numbers
    customers: Numbers
    events: Numbers
    felt: Numbers
    strong: Numbers

    def drawn(self, draws: int = DRAWS, seed: int = _SEED) -> Numbers:
        """How often each draw takes each group: draws × groups."""
        random = np.random.default_rng(seed)
        groups = len(self.size)
        found: Numbers = random.multinomial(groups, np.full(groups, 1 / groups), size=draws).astype(float)
        return found


def importance_tables(inputs: Inputs) -> Results:
    """The table `touchpoint_importance`; empty where no identified customer met anything."""
    use = _use(inputs)
    if not use.touchpoints:
        return {IMPORTANCE.name: IMPORTANCE.of([])}
    listed = inputs["touchpoints"].to_arrow().to_pylist()
    registered = {row["touchpoint_id"]: row for row in listed if is_registered(row)}
    settings = inputs.settings
    aims = [Aim(name, registered.get(name, {}).get("target"), name) for name in use.touchpoints]
    felt = delivery(inputs, aims).rows(settings.minimum_base, settings.alpha, settings.confidence)
    source, importance = _importance(inputs, use, registered)
    rows = [
        {
            "touchpoint_id": name,
            "touchpoint_en": registered.get(name, {}).get("name") or name,
            "touchpoint_zh": registered.get(name, {}).get("name_zh")
            or registered.get(name, {}).get("name")
            or name,
            "owner": registered.get(name, {}).get("owner"),
            "hidden": bool(use.customers[:, place].sum() < settings.minimum_base),
        }
        for place, name in enumerate(use.touchpoints)
    ]
    shown = np.array([not row["hidden"] for row in rows], dtype=bool) & ~np.isnan(importance)
    scores = np.array([_on_ten(felt.get(name)) for name in use.touchpoints], dtype=float)
    _use_of(rows, use, settings.confidence)
    if shown.sum() >= 2:
        _weigh(rows, use, importance, scores, shown, source, settings.confidence)
    for row in rows:
        row["importance_source"] = source
        if row["hidden"]:
            _hide(row)
    rows.sort(key=lambda row: (row.get("emphasis_rank") or len(rows) + 1, row["touchpoint_id"]))
    return {IMPORTANCE.name: IMPORTANCE.of(rows)}


def users_of(inputs: Inputs, touchpoint: str) -> Relation:
    """The customers who met `touchpoint` in a journey, with how often, and how often it was felt strongly."""
    return inputs.engine.query(
        "select u.customer_id, u.events, u.felt, u.strong from used u where u.touchpoint_id = $touchpoint",
        {"touchpoint": touchpoint},
        used=_used(inputs),
    )


def _used(inputs: Inputs) -> Relation:
    return inputs.query("journey/registry/used", {"strong": STRONG})


def _use(inputs: Inputs) -> Use:
    used = _used(inputs)
    dealt = inputs.engine.query("journey/registry/dealt", {"groups": GROUPS}, used=used)
    sizes = inputs.engine.query("journey/registry/batch_sizes", dealt=dealt).to_arrow().to_pylist()
    counts = inputs.engine.query("journey/registry/strong_moments", dealt=dealt, used=used).to_arrow()
    row_of = {row["batch"]: place for place, row in enumerate(sorted(sizes, key=lambda row: row["batch"]))}
    size = np.zeros(len(row_of))
    for row in sizes:
        size[row_of[row["batch"]]] = row["customers"]
    names = sorted(set(counts["touchpoint_id"].to_pylist()))
    column_of = {name: place for place, name in enumerate(names)}
    cells = {name: np.zeros((len(size), len(names))) for name in ("customers", "events", "felt", "strong")}
    for row in counts.to_pylist():
        at = row_of[row["batch"]], column_of[row["touchpoint_id"]]
        for name, values in cells.items():
            values[at] = float(row[name])
    return Use(tuple(names), size, **cells)


def _importance(inputs: Inputs, use: Use, registered: Mapping[str, Row]) -> tuple[str | None, Numbers]:
    """One source for all touchpoints, so that they compare: the first that knows at least half of them, else
    the one that knows most. NaN where it says nothing."""
    asked = np.array([registered.get(name, {}).get("importance") for name in use.touchpoints], dtype=float)
    felt, strong = use.felt.sum(axis=0), use.strong.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        moments = np.where(felt >= inputs.settings.minimum_base, _TOP * strong / felt, np.nan)
    derived = _derived(inputs)
    shares = np.array([derived.get(name, np.nan) for name in use.touchpoints], dtype=float)
    sources = {"asked": asked, "strong_moments": moments, "derived": _TOP * shares}
    known = {name: int((~np.isnan(values)).sum()) for name, values in sources.items()}
    enough = [name for name, count in known.items() if count >= max(2, len(use.touchpoints) / 2)]
    chosen = enough[0] if enough else max(known, key=lambda name: known[name])
    return (chosen, sources[chosen]) if known[chosen] else (None, asked)


def _derived(inputs: Inputs) -> dict[str, float]:
    """Shares of the overall question with the most parts, newest period; of a touchpoint's the largest."""
    rows = [
        row
        for row in inputs["driver_importance"].to_arrow().to_pylist()
        if row["touchpoint_id"] is not None and row["share"] is not None
    ]
    models: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        models.setdefault((row["programme"], row["period"], row["outcome_id"]), []).append(row)
    if not models:
        return {}
    best = max(models, key=lambda key: (len(models[key]), str(key[1]), str(key)))
    found: dict[str, float] = {}
    for row in models[best]:
        found[row["touchpoint_id"]] = max(found.get(row["touchpoint_id"], 0.0), float(row["share"]))
    return found


def _on_ten(felt: Row | None) -> float:
    score = (felt or {}).get("score")
    return np.nan if score is None else score / 100 * _TOP


def _use_of(rows: Sequence[Row], use: Use, confidence: float) -> None:
    total = use.size.sum()
    share = use.customers.sum(axis=0) / total
    low, high = wilson(share, np.full(len(share), total), confidence)
    for place, row in enumerate(rows):
        row |= {
            "customers": int(use.customers[:, place].sum()),
            "events": int(use.events[:, place].sum()),
            "felt": int(use.felt[:, place].sum()),
            "strong": int(use.strong[:, place].sum()),
            "frequency": float(share[place]),
            "frequency_low": float(low[place]),
            "frequency_high": float(high[place]),
        }


def _weigh(
    rows: Sequence[Row],
    use: Use,
    importance: Numbers,
    scores: Numbers,
    shown: NDArray[np.bool_],
    source: str | None,
    confidence: float,
) -> None:
    """Importance, quadrants, both orders and their intervals, for the rows that are `shown`."""
    places = np.flatnonzero(shown)
    often, stirs, score = (
        (use.customers.sum(axis=0) / use.size.sum())[places],
        importance[places],
        scores[places],
    )
    found = priority_scores(often, stirs, score, [rows[int(place)]["touchpoint_id"] for place in places])
    counts = use.drawn()
    oftens = counts @ use.customers[:, places] / (counts @ use.size)[:, None]
    stirring = np.broadcast_to(stirs, oftens.shape)
    if source == "strong_moments":
        felt = counts @ use.felt[:, places]
        with np.errstate(divide="ignore", invalid="ignore"):
            stirring = np.where(felt > 0, _TOP * (counts @ use.strong[:, places]) / felt, stirs)
    here = side(often, stirs, found.frequency_cut, found.importance_cut)
    there = side(
        oftens, stirring, np.median(oftens, axis=1, keepdims=True), np.median(stirring, axis=1, keepdims=True)
    )
    emphases = oftens * stirring
    order = ranks(found.emphasis, emphases, confidence)
    by_priority = {name: place for place, name in enumerate(found.by_priority, start=1)}
    spread = {
        "importance": _ends(stirs, stirring, confidence),
        "emphasis": _ends(found.emphasis, emphases, confidence),
        "priority": _ends(found.priority, emphases * (_TOP - score), confidence),
    }
    # Bonferroni over the touchpoints: that none is sure of its place by chance is what a headline needs.
    sure = (there == here).mean(axis=0) >= 1 - (1 - confidence) / len(places)
    for at, place in enumerate(places):
        row = rows[int(place)]
        row |= {
            "importance": float(stirs[at]),
            "frequency_cut": found.frequency_cut,
            "importance_cut": found.importance_cut,
            "quadrant": quadrant_of(int(here[at])),
            "sure": bool(sure[at]),
            "emphasis": float(found.emphasis[at]),
            "emphasis_rank": int(order.rank[at]),
            "emphasis_rank_low": int(order.low[at]),
            "emphasis_rank_high": int(order.high[at]),
            "score": None if np.isnan(score[at]) else float(score[at]),
            "priority": None if np.isnan(score[at]) else float(found.priority[at]),
            "priority_rank": by_priority.get(row["touchpoint_id"]),
        }
        for name, (low, high) in spread.items():
            known = row[name] is not None and not (name == "importance" and source != "strong_moments")
            row |= {
                f"{name}_low": float(low[at]) if known else None,
                f"{name}_high": float(high[at]) if known else None,
            }


def _ends(value: Numbers, draws: Numbers, confidence: float) -> tuple[Numbers, Numbers]:
    tail = 100 * (1 - confidence) / 2
    low, high = np.percentile(draws, (tail, 100 - tail), axis=0)
    return np.fmin(low, value), np.fmax(high, value)


def _hide(row: Row) -> None:
    kept = {
        "touchpoint_id",
        "touchpoint_en",
        "touchpoint_zh",
        "owner",
        "customers",
        "importance_source",
        "hidden",
    }
    for name in [name for name in row if name not in kept]:
        row[name] = None
