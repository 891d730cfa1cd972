"""The analysis `visit_quality`: timeliness, conduct and quality of service visits, site by site."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.comparison import holm
from peakend.feedback.intervals import mean_interval, wilson
from peakend.feedback.suppression import suppress
from peakend.journey.consistency.columns import VISIT_ITEMS, VISIT_QUALITY
from peakend.journey.consistency.heterogeneity import heterogeneity

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.declaration import Inputs, Settings

Row = dict[str, Any]
SHARES = frozenset({"on_time", "checklist", "first_time_fix"})


def visit_quality(inputs: Inputs) -> dict[str, pa.Table]:
    """The tables `visit_quality` and `visit_items`."""
    visits = inputs.query("journey/consistency/visit_values")
    sums = inputs.query("journey/consistency/visit_sums", visits=visits).to_arrow().to_pylist()
    fixed = inputs.query("journey/consistency/cases_fixed").query(
        """
        select
          f.touchpoint_id,
          f.site_id,
          'first_time_fix' as measure,
          cast(count(*) as bigint) as n,
          sum(f.value) as total,
          sum(f.value) as squares
        from f
        group by f.touchpoint_id, f.site_id
        """,
        name="f",
    )
    groups: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(dict)
    for row in [*sums, *fixed.to_arrow().to_pylist()]:
        sites = groups[row["touchpoint_id"], row["measure"]]
        sites[row["site_id"] or ""] = [float(row["n"]), float(row["total"]), float(row["squares"])]
    rows: list[Row] = []
    for (touchpoint, measure), sites in sorted(groups.items()):
        rows += _of_measure(touchpoint, measure, sites, inputs.settings)
    _correct(rows, inputs.settings)
    return {
        VISIT_QUALITY.name: VISIT_QUALITY.of(rows),
        VISIT_ITEMS.name: VISIT_ITEMS.of(_items(inputs)),
    }


def _of_measure(
    touchpoint: str, measure: str, sites: dict[str, list[float]], settings: Settings
) -> list[Row]:
    named = {"touchpoint_id": touchpoint, "measure": measure}
    whole = np.sum(list(sites.values()), axis=0)
    total = named | {"site_id": "", "n": int(whole[0]), "hidden": bool(whole[0] < settings.minimum_base)}
    total["verdict"] = "cannot_tell"
    if not total["hidden"]:
        total |= _estimate(measure, whole, settings.confidence)
    known = [site for site in sorted(sites) if site]
    if not known:
        return [total]
    counts = np.array([sites[site][0] for site in known]).astype(int)
    hiding = suppress(counts, np.zeros(len(known), int), [int(whole[0])], settings.minimum_base)
    rows = []
    for site, hide, gone in zip(known, hiding.hidden, hiding.withheld, strict=True):
        row = named | {"site_id": site, "n": int(sites[site][0]), "hidden": bool(hide)}
        row["verdict"] = "cannot_tell"
        if not hide:
            row |= _estimate(measure, np.array(sites[site]), settings.confidence)
        if not gone:
            rows.append(row)
    _compare([row for row in rows if not row["hidden"]], sites)
    return [total, *rows]


def _estimate(measure: str, sums: Any, confidence: float) -> Row:  # noqa: ANN401 - three numbers
    n, total, squares = (float(value) for value in sums)
    mean = total / n
    if measure in SHARES:
        low, high = wilson(mean, n, confidence)
    else:
        variance = max(squares - n * mean * mean, 0.0) / max(n - 1, 1)
        low, high = mean_interval(mean, np.sqrt(variance / n), n - 1, confidence, (0.0, 1.0))
    ends = {"value_low": float(low), "value_high": float(high)}
    return {"value": mean, **{name: end if np.isfinite(end) else None for name, end in ends.items()}}


def _compare(rows: list[Row], sites: dict[str, list[float]]) -> None:
    """Each site against all others; half a visit met and half missed keep a perfect site's error above 0."""
    if len(rows) < 2:
        return
    n, total, squares = np.array([sites[row["site_id"]] for row in rows]).T
    mean = (total + 0.5) / (n + 1)
    spread = (squares + 0.5) / (n + 1) - mean**2
    found = heterogeneity(mean, np.sqrt(spread / n), n - 1)
    for row, gap, p in zip(rows, found.difference, found.difference_p, strict=True):
        row["difference"], row["p"] = float(gap), float(p)


def _correct(rows: list[Row], settings: Settings) -> None:
    """Holm over everything that was compared."""
    compared = [row for row in rows if "p" in row]
    if not compared:
        return
    adjusted, _ = holm(np.array([row["p"] for row in compared]))
    for row, p in zip(compared, adjusted, strict=True):
        row["p_adjusted"] = float(p)
        if p < settings.alpha:
            row["verdict"] = "better" if row["difference"] > 0 else "worse"


def _items(inputs: Inputs) -> list[Row]:
    settings = inputs.settings
    rows: list[Row] = inputs.query("journey/consistency/visit_items").to_arrow().to_pylist()
    for row in rows:
        row["required"] = bool(row["required"])
        row["hidden"] = row["checked"] < settings.minimum_base
        if row["hidden"]:
            row["missed"] = None
            continue
        share = row["missed"] / row["checked"]
        low, high = wilson(share, row["checked"], settings.confidence)
        row |= {"share": share, "share_low": float(low), "share_high": float(high)}
    return rows
