"""How many journeys there are, how long they are, and how long customers stay at each touchpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.intervals import normal_quantile, wilson
from peakend.journey.stream.overview_columns import DWELL

if TYPE_CHECKING:
    from peakend.declaration import Inputs, Results

_FIGURES = tuple(
    column.name for column in DWELL.columns if column.name.startswith(("median", "p90", "longer", "measured"))
)


def journey_lengths(inputs: Inputs) -> Results:
    """Journeys by number of steps; what is counted is `journey_sizes.sql`. And what became of the events."""
    sizes = inputs.query("journey/stream/journey_sizes")
    return {
        "journey_lengths": inputs.engine.query("journey/stream/journey_lengths", sizes=sizes),
        "journey_events": inputs.query("journey/stream/account"),
    }


def dwell_tables(inputs: Inputs) -> Results:
    """Time at each touchpoint. Nearest ranks; intervals by order statistics and, of shares, Wilson's.

    Source: Conover (1999), Practical Nonparametric Statistics, 3rd ed., section 3.2 (confidence interval for
    a quantile, large-sample ranks).
    """
    stays = inputs.query("journey/stream/stays")
    found = inputs.query(
        "journey/stream/dwell", {"z": normal_quantile(inputs.settings.confidence)}, stays=stays
    ).to_arrow()
    rows: list[dict[str, Any]] = found.sort_by("touchpoint_id").to_pylist()
    for row in rows:
        row["hidden"] = row["n"] < inputs.settings.minimum_base
        if row["hidden"]:
            row |= dict.fromkeys(_FIGURES)
        elif row["longer_share"] is not None:
            low, high = wilson(row["longer_share"], np.array([row["n"]]), inputs.settings.confidence)
            row["longer_share_low"], row["longer_share_high"] = float(low[0]), float(high[0])
    return {DWELL.name: DWELL.of(rows)}
