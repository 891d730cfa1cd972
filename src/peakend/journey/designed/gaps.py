"""The analysis `handoff_gaps`: where customers pass between channels, and nobody passes them on."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from scipy.special import stdtr

from peakend.feedback.comparison import holm, verdicts
from peakend.feedback.intervals import t_quantile, wilson
from peakend.feedback.weighting import linearised_variance
from peakend.journey.designed.columns import HANDOFF_GAPS
from peakend.journey.designed.design import designs_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs, Results
    from peakend.engine import Relation
    from peakend.journey.designed.design import Design

Row = dict[str, Any]
SLACK_US = 3_600_000_000
"""A hand-off counts for a change if it was recorded between the two events, or within an hour after."""
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)
_GAPS = ("missing", "not_accepted", "late")


def handoff_tables(inputs: Inputs) -> Results:
    """`handoff_gaps`: passages at designed hand-offs without a record that was taken over in time.

    Shares carry Wilson's interval; the difference of feelings Welch's, with the variance between customers.
    """
    moves = channel_moves(inputs)
    feelings: dict[tuple[str, str], dict[int, Row]] = {}
    for row in moves.query("journey/designed/gap_feelings", name="channel_moves").to_arrow().to_pylist():
        feelings.setdefault((row["from_channel"], row["to_channel"]), {})[row["gap"]] = row
    found = moves.query("journey/designed/gap_counts", name="channel_moves").to_arrow().to_pylist()
    rows = [_row(inputs, row, feelings) for row in sorted(found, key=_key)]
    p = np.array([math.nan if row.get("p_value") is None else row["p_value"] for row in rows], dtype=float)
    if len(rows):
        adjusted, _ = holm(p)
        said = verdicts([row.get("difference") or 0.0 for row in rows], adjusted, inputs.settings.alpha)
        for row, value, verdict in zip(rows, adjusted, said, strict=True):
            if not math.isnan(value):
                row |= {"adjusted_p": float(value), "verdict": str(verdict)}
    return {HANDOFF_GAPS.name: HANDOFF_GAPS.of(rows)}


def channel_moves(inputs: Inputs) -> Relation:
    """One row a change of channel, or a passage at a designed hand-off, and what became of it."""
    designs = designs_of(
        inputs["design_steps"].to_arrow().to_pylist(), inputs["design_flows"].to_arrow().to_pylist()
    )
    return inputs.engine.query(
        "journey/designed/channel_moves",
        {"slack_us": SLACK_US},
        journey_steps=inputs["journey_steps"],
        handoffs=inputs["handoffs"],
        passes=inputs.engine.from_arrow(passes(designs)),
    )


def gap_customers(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The identified customers who changed channels as `row` says."""
    params = {name: row[name] for name in HANDOFF_GAPS.key}
    return channel_moves(inputs).query("journey/designed/gap_customers", params, name="channel_moves")


def passes(designs: Sequence[Design]) -> pa.Table:
    """Designed hand-offs between touchpoints and the days they hold; gateways are passed through."""
    rows = []
    for design in designs:
        later = [
            other.valid_from
            for other in designs
            if other.design_id == design.design_id
            and other.valid_from is not None
            and other.valid_from > (design.valid_from or _FIRST)
        ]
        at = {step.step_id: step.touchpoint_id for step in design.steps}
        forward: dict[str, list[str]] = {}
        backward: dict[str, list[str]] = {}
        for flow in design.flows:
            forward.setdefault(flow.before, []).append(flow.after)
            backward.setdefault(flow.after, []).append(flow.before)
        rows += [
            {"before_id": at[before], "after_id": at[after], "within_s": flow.within_s,
             "from_on": design.valid_from or _FIRST, "until_on": min(later, default=_LAST)}
            for flow in design.flows
            if flow.handoff
            for before in _steps(flow.before, backward, at)
            for after in _steps(flow.after, forward, at)
        ]  # fmt: skip
    shape = [("before_id", pa.string()), ("after_id", pa.string()), ("within_s", pa.float64())]
    return pa.Table.from_pylist(
        rows, schema=pa.schema([*shape, ("from_on", pa.date32()), ("until_on", pa.date32())])
    )


def _steps(node: str, ways: Mapping[str, list[str]], at: Mapping[str, str]) -> list[str]:
    """The steps nearest to `node` that way: itself, or those beyond its gateways."""
    found, seen, open_ = [], {node}, [node]
    while open_:
        one = open_.pop()
        if one in at:
            found.append(one)
            continue
        more = [name for name in ways.get(one, []) if name not in seen]
        seen.update(more)
        open_ += more
    return sorted(found)


def _key(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in HANDOFF_GAPS.key)


def _row(inputs: Inputs, row: Row, feelings: Mapping[tuple[str, str], Mapping[int, Row]]) -> Row:
    minimum, confidence = inputs.settings.minimum_base, inputs.settings.confidence
    own = dict(row)
    own["hidden"] = (row["customers"] or row["n"]) < minimum
    if own["hidden"]:
        return {name: row[name] for name in HANDOFF_GAPS.key} | {"hidden": True}
    if not row["designed"]:
        return own | dict.fromkeys(_GAPS)
    gaps = sum(row[name] for name in _GAPS)
    low, high = wilson(gaps / row["n"], row["n"], confidence)
    own |= {"gaps": gaps, "share": gaps / row["n"], "share_low": float(low), "share_high": float(high)}
    felt = feelings.get((row["from_channel"], row["to_channel"]), {})
    if all(felt.get(side, {"clusters": 0})["clusters"] >= max(minimum, 2) for side in (0, 1)):
        own |= _difference(felt[1], felt[0], confidence)
    return own


def _difference(gap: Row, held: Row, confidence: float) -> Row:
    """After a gap minus after a hand-off that held; Welch with customers as clusters.

    Source: Cochran (1977), Sampling Techniques, 3rd ed., section 6.4 (ratio of cluster totals); Welch (1947).
    """
    means = [row["felt"] / row["moments"] for row in (gap, held)]
    squares = [_squared_error(row, mean) for row, mean in zip((gap, held), means, strict=True)]
    total = sum(squares)
    told: Row = {
        "difference": means[0] - means[1],
        "n_gap": int(gap["moments"]),
        "n_held": int(held["moments"]),
    }
    if not total > 0:
        return told
    df = total**2 / sum(s**2 / (row["clusters"] - 1) for s, row in zip(squares, (gap, held), strict=True))
    half = float(t_quantile(confidence, df)) * math.sqrt(total)
    p = 2 * float(stdtr(df, -abs(told["difference"]) / math.sqrt(total)))
    low, high = max(told["difference"] - half, -2.0), min(told["difference"] + half, 2.0)
    return told | {"difference_low": low, "difference_high": high, "p_value": p}


def _squared_error(row: Row, mean: float) -> float:
    found = linearised_variance(
        mean, row["moments"], row["clusters"], row["moments_moments"], row["felt_moments"], row["felt_felt"]
    )
    return max(float(found), 0.0)
