"""The analyses `retention` and `purchase_retention`: cohorts, and the curve of all cohorts together."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from peakend.feedback.cuts import EVERYBODY
from peakend.feedback.intervals import wilson
from peakend.feedback.suppression import suppress
from peakend.journey.funnels.columns import (
    PURCHASE_COHORTS,
    RETENTION_COHORTS,
    RETENTION_CURVES,
)
from peakend.journey.funnels.retention import (
    Followed,
    Period,
    first_day,
    followed,
    number_of,
    retention_cells,
    rolled,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from peakend.declaration import Inputs, Results, Settings
    from peakend.engine import Relation

# Less than this, and months are too coarse to see anybody come back.
_MONTHS_FROM_DAYS = 120
_SHARES = ("share", "share_low", "share_high")
_ROLLING = ("rolling", "rolling_low", "rolling_high")


def retention_tables(inputs: Inputs) -> Results:
    """The two tables, of journeys where there are any, else of purchases."""
    journeys = "journey_steps" in inputs.relations
    found = _followed(inputs)
    cohorts = _cohorts(found, inputs.settings)
    curves = _curves(inputs, found)
    names = ("retention_cohorts", "retention_curves") if journeys else ("purchase_cohorts", "purchase_curves")
    shape = RETENTION_COHORTS if journeys else PURCHASE_COHORTS
    return {
        names[0]: pa.Table.from_pylist(cohorts, shape.schema()),
        names[1]: pa.Table.from_pylist(curves, RETENTION_CURVES.schema()),
    }


def customers_of_cell(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customers of a cohort who came in the period of the row: customer_id, cohort_on, period_on."""
    found = _followed(inputs)
    cohort = number_of(row["cohort_on"], found.period)
    return _listed(
        inputs, found, [(cohort, cohort + int(row["period"]))], EVERYBODY.segmentation, EVERYBODY.segment
    )


def customers_of_point(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customers of all cohorts (of a segment) who came so many periods after they began."""
    found = _followed(inputs)
    last = found.beyond - int(row["period"])
    starts = found.periods.query("select min(p.cohort_on) as cohort_on from p", name="p").to_arrow()
    begun = starts["cohort_on"][0].as_py()
    first = number_of(begun, found.period) if begun else last
    cells = [(cohort, cohort + int(row["period"])) for cohort in range(first, last)]
    return _listed(inputs, found, cells, row["segmentation"], row["segment"])


def _listed(
    inputs: Inputs, found: Followed, cells: Sequence[tuple[int, int]], segmentation: str, segment: str
) -> Relation:
    table = pa.table(
        {
            "cohort_on": pa.array([first_day(cohort, found.period) for cohort, _ in cells], pa.date32()),
            "period_on": pa.array([first_day(period, found.period) for _, period in cells], pa.date32()),
        }
    )
    return inputs.engine.query(
        "journey/funnels/retention_customers",
        {"segmentation": segmentation, "segment": segment},
        periods=found.periods,
        cells=inputs.engine.from_arrow(table),
        segment_members=inputs["segment_members"],
    )


def _followed(inputs: Inputs) -> Followed:
    """Who came back when: in touch (journeys), or buying."""
    if "journey_steps" in inputs.relations:
        events = inputs["journey_steps"]
    else:
        events = inputs.query(
            "select t.customer_id, t.\"at\" from transactions t where coalesce(t.kind, 'sale') = 'sale' "
            'and epoch_us(t."at") >= 0 and t."at" <= $now',
            {"now": datetime.now(UTC).replace(tzinfo=None)},
        )
    span = events.query(
        'select min(e."at") as began, max(e."at") as ended from e where e.customer_id is not null', name="e"
    ).to_arrow()
    began, ended = span["began"][0].as_py(), span["ended"][0].as_py()
    days = (ended - began).days if began is not None else 0
    period: Period = "month" if days >= _MONTHS_FROM_DAYS else "week"
    return followed(events, period, until=ended.date() if ended is not None else date(1970, 1, 1))


def _cohorts(found: Followed, settings: Settings) -> list[dict[str, Any]]:
    classic = retention_cells(found, settings.confidence).to_arrow().to_pylist()
    rolling = retention_cells(rolled(found), settings.confidence).to_arrow().to_pylist()
    rows = [
        dict(row) | dict(zip(_ROLLING, (other[name] for name in _SHARES), strict=True))
        | {"period_kind": found.period, "hidden": False}
        for row, other in zip(classic, rolling, strict=True)
    ]  # fmt: skip
    seen = [row for row in rows if row["state"] == "observed"]
    _hide(seen, [row["size"] for row in seen], [(row["period"],) for row in seen], settings)
    for row in rows:
        # Where a cohort's size is hidden in one period, the size is not told in another either.
        small = row["size"] < settings.minimum_base
        if row["hidden"] or small:
            row |= dict.fromkeys(("size", "returned", *_SHARES, *_ROLLING)) | {"hidden": True}
    return rows


def _hide(
    rows: list[dict[str, Any]], sizes: list[int], families: list[tuple[Any, ...]], settings: Settings
) -> None:
    different = sorted(set(families))
    if not rows:
        return
    places = [different.index(family) for family in families]
    totals = np.bincount(places, sizes, len(different)).astype(np.int64)
    found = suppress(sizes, places, totals, settings.minimum_base)
    for row, hidden in zip(rows, found.hidden | found.withheld, strict=True):
        row["hidden"] = bool(hidden)


def _curves(inputs: Inputs, found: Followed) -> list[dict[str, Any]]:
    counts = inputs.engine.query(
        "journey/funnels/retention_segments", periods=found.periods, segment_members=inputs["segment_members"]
    ).to_arrow()
    cuts: dict[tuple[str, str], dict[tuple[int, int], int]] = {}
    for row in counts.to_pylist():
        cohort, came = (number_of(row[name], found.period) for name in ("cohort_on", "period_on"))
        cuts.setdefault((row["segmentation"], row["segment"]), {})[cohort, came - cohort] = row["n"]
    everybody = (EVERYBODY.segmentation, EVERYBODY.segment)
    order = sorted(cuts, key=lambda cut: (cut != everybody, cut))
    rows = [row for cut in order for row in _curve(cut, cuts[cut], found, inputs.settings)]
    base = {row["period"]: row["n"] for row in rows if (row["segmentation"], row["segment"]) == everybody}
    for row in rows:
        row["hidden"] = row["n"] < inputs.settings.minimum_base
    parts = [row for row in rows if row["segmentation"] != EVERYBODY.segmentation]
    families = sorted({(row["segmentation"], row["period"]) for row in parts})
    if parts:
        small = suppress(
            [row["n"] for row in parts],
            [families.index((row["segmentation"], row["period"])) for row in parts],
            [base[period] for _, period in families],
            inputs.settings.minimum_base,
        )
        for row, hidden in zip(parts, small.hidden | small.withheld, strict=True):
            row["hidden"] = bool(hidden)
    return [row | dict.fromkeys(("n", "returned", *_SHARES)) if row["hidden"] else row for row in rows]


def _curve(
    cut: tuple[str, str], cells: Mapping[tuple[int, int], int], found: Followed, settings: Settings
) -> Iterator[dict[str, Any]]:
    sizes = {cohort: n for (cohort, period), n in cells.items() if period == 0}
    for period in range(found.beyond - min(sizes)):
        seen = [cohort for cohort in sizes if cohort + period < found.beyond]
        n = sum(sizes[cohort] for cohort in seen)
        came = sum(cells.get((cohort, period), 0) for cohort in seen)
        low, high = wilson([came / n], [n], settings.confidence)
        yield {
            "period_kind": found.period, "segmentation": cut[0], "segment": cut[1], "period": period,
            "n": n, "returned": came, "share": came / n,
            "share_low": float(low[0]), "share_high": float(high[0]),
        }  # fmt: skip
