"""Where the journeys of two groups of customers part: shares of edges and waits, each with a verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa
from scipy.special import ndtr, stdtr

from peakend.errors import PeakendError
from peakend.feedback.comparison import holm
from peakend.feedback.intervals import normal_quantile
from peakend.journey.graph.columns import JOURNEY_CONTRASTS
from peakend.journey.graph.following import By, cut_passages, edges_of, steps_of
from peakend.journey.graph.shares import Edge, edge_key, leaving_of, untaken
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from peakend.engine import Engine, Relation
    from peakend.journey.graph.cells import Ratio
    from peakend.journey.interactions import Interactions

Row = dict[str, Any]
FEWEST = 5.0
"""Customers to be expected on either side under no difference, for its test to hold its level."""


class ContrastError(PeakendError):
    """The two groups cannot be compared: one is empty, or they share customers. `data`: shared."""

    code: ClassVar[str] = "journey.contrast"


@dataclass(frozen=True, slots=True)
class Wait:
    """The median wait on an edge in seconds, with Woodruff's interval; customers: who waited."""

    median: float
    low: float
    high: float
    customers: int


@dataclass(frozen=True, slots=True)
class Group:
    """What is compared of one segment. base: customers by edge, None where the edge is hidden."""

    segmentation: str
    segment: str
    size: int
    shares: Mapping[Edge, Ratio]
    waits: Mapping[Edge, Wait]
    base: Mapping[Edge, int | None]


def compare_journeys(
    steps: Interactions,
    a: Collection[str] | Relation,
    b: Collection[str] | Relation,
    by: By = "customer_id",
    *,
    confidence: float = 0.95,
    alpha: float = 0.05,
    minimum_base: int = 10,
) -> Relation:
    """Which ways the customers `a` take more or less often than `b`, and where they wait longer.

    steps: as for `directly_follows`, with customer_id. a, b: customer ids, or relations with customer_id.
    Edges that fewer than `minimum_base` customers of a group took (but somebody did) are left out.

    Gives one row an edge and measure ("share", "wait") with value (a), against_value (b), difference and
    their intervals, n and against_n (customers), p_value, adjusted_p (Holm, within the measure), compared
    and verdict ("higher", "lower", "cannot_tell"). A share is that of all that leaves the touchpoint before;
    its variance is that between customers. A wait is the median in seconds. A difference is association:
    who is in a group may have chosen it.

    Raises `ContrastError`, `ByError`, `InteractionsError`.
    Source: Rao & Scott (1992), Biometrics 48(2) (clustered proportions by their effective size); Newcombe
    (1998), Statistics in Medicine 17(8), method 10; Woodruff (1952), JASA 47(260) (interval of a median);
    Donner & Zou (2012), Statistical Methods in Medical Research 21(4) (of a difference, from two intervals).
    """
    taken = steps_of(steps, by)
    engine = taken.engine
    members = _members(engine, a, b)
    edges = edges_of(engine, cut_passages(engine, taken, members)).to_arrow().to_pylist()
    for row in edges:
        row["hidden"] = row["base"] < minimum_base
    groups = {group.segment: group for group in groups_of(engine, taken, members, edges, confidence)}
    if set(groups) != {"a", "b"}:
        raise ContrastError(
            Text("One of the two groups has no journey.", "两组之一没有任何旅程。"),
            missing=set("ab") - set(groups),
        )
    rows = contrasts(groups["a"], groups["b"], minimum_base, confidence)
    corrected(rows, alpha)
    return engine.from_arrow(JOURNEY_CONTRASTS.of(rows).drop_columns(["segmentation"]))


def _members(engine: Engine, a: Collection[str] | Relation, b: Collection[str] | Relation) -> Relation:
    from peakend.engine import Relation

    sides = {}
    for name, given in (("a", a), ("b", b)):
        if isinstance(given, Relation):
            listed = given.query("select distinct t.customer_id from t where t.customer_id is not null")
            sides[name] = set(listed.to_arrow()["customer_id"].to_pylist())
        else:
            sides[name] = set(given)
    if both := sides["a"] & sides["b"]:
        raise ContrastError(
            Text(
                f"{len(both)} customers are in both groups.",
                f"有 {len(both)} 位客户同时属于两组。",
            ),
            Text("Give each customer to one group.", "请把每位客户只归入一组。"),
            shared=len(both),
        )
    rows = [(name, one) for name, side in sides.items() for one in sorted(side)]
    return engine.from_arrow(
        pa.table(
            {
                "segmentation": pa.array(["groups"] * len(rows), pa.string()),
                "segment": pa.array([name for name, _ in rows], pa.string()),
                "subject": pa.array(["customer"] * len(rows), pa.string()),
                "subject_id": pa.array([one for _, one in rows], pa.string()),
            }
        )
    )


def groups_of(
    engine: Engine, steps: Relation, members: Relation, edges: Iterable[Mapping[str, Any]], confidence: float
) -> list[Group]:
    """Every segment of `members` with its shares and waits. edges: rows with hidden and journeys."""
    passages = cut_passages(engine, steps, members)
    base: dict[tuple[str, str], dict[Edge, int | None]] = {}
    for row in edges:
        count = None if row["hidden"] else int(row["journeys"])
        base.setdefault((row["segmentation"], row["segment"]), {})[edge_key(row)] = count
    waits: dict[tuple[str, str], dict[Edge, Wait]] = {}
    found = engine.query("journey/graph/waits", {"z": normal_quantile(confidence)}, passages=passages)
    for row in found.to_arrow().to_pylist():
        edge = ("step", row["from_touchpoint_id"], row["to_touchpoint_id"])
        wait = Wait(float(row["median_s"]), float(row["low_s"]), float(row["high_s"]), int(row["customers"]))
        waits.setdefault((row["segmentation"], row["segment"]), {})[edge] = wait
    groups = []
    for (segmentation, segment), shares in sorted(leaving_of(engine, passages).items()):
        if segmentation == "all":
            continue
        size = max((ratio.customers for edge, ratio in shares.items() if edge[0] == "start"), default=0)
        cut = segmentation, segment
        groups.append(Group(segmentation, segment, size, shares, waits.get(cut, {}), base.get(cut, {})))
    return groups


def contrasts(a: Group, b: Group, minimum_base: int, confidence: float) -> list[Row]:
    """One row an edge and measure that both groups may show, without correction."""
    named = {"segmentation": a.segmentation, "segment": a.segment, "against": b.segment}
    rows: list[Row] = []
    for edge in sorted({*a.shares, *b.shares}):
        ours, theirs = _share(a, edge), _share(b, edge)
        if ours is None or theirs is None or min(ours.customers, theirs.customers) < minimum_base:
            continue
        where = dict(zip(("kind", "from_touchpoint_id", "to_touchpoint_id"), edge, strict=True))
        rows.append({**named, **where, "measure": "share"} | _share_row(ours, theirs, confidence))
        one, other = a.waits.get(edge), b.waits.get(edge)
        if one and other and min(one.customers, other.customers) >= minimum_base:
            rows.append({**named, **where, "measure": "wait"} | _wait_row(one, other, confidence))
    return rows


def _share(group: Group, edge: Edge) -> Ratio | None:
    """The share of `edge` in `group`: 0 where others leave the touchpoint by other ways; None if hidden."""
    if edge in group.shares:
        return group.shares[edge] if group.base.get(edge) is not None else None
    same = (
        ratio
        for other, ratio in group.shares.items()
        if other[1] == edge[1] and (other[0] == "start") == (edge[0] == "start")
    )
    first = next(same, None)
    return None if first is None else untaken(first)


def _share_row(a: Ratio, b: Ratio, confidence: float) -> Row:
    """A score test on variances under no difference; Newcombe's interval on the effective sizes."""
    gap = a.share - b.share
    pooled = (a.taken + b.taken) / (a.of + b.of)
    variance = a.variance(pooled) + b.variance(pooled)
    expected = min(pooled * a.customers, pooled * b.customers)
    rest = min((1 - pooled) * a.customers, (1 - pooled) * b.customers)
    testable = variance > 0 and min(expected, rest) >= FEWEST
    p = 2 * float(stdtr(a.customers + b.customers - 2, -abs(gap) / math.sqrt(variance))) if testable else None
    (a_low, a_high), (b_low, b_high) = a.ends(confidence), b.ends(confidence)
    row = _row(a.share, a_low, a_high, b.share, b_low, b_high, p)
    return row | {"n": a.customers, "against_n": b.customers}


def _wait_row(a: Wait, b: Wait, confidence: float) -> Row:
    """The difference of two medians; p from errors that both intervals imply."""
    z = normal_quantile(confidence)
    errors = (a.high - a.low) / (2 * z), (b.high - b.low) / (2 * z)
    se = math.hypot(*errors)
    p = 2 * float(ndtr(-abs(a.median - b.median) / se)) if se > 0 else None
    row = _row(a.median, a.low, a.high, b.median, b.low, b.high, p)
    return row | {"n": a.customers, "against_n": b.customers}


def _row(
    value: float,
    low: float | None,
    high: float | None,
    other: float,
    other_low: float | None,
    other_high: float | None,
    p: float | None,
) -> Row:
    row: Row = {
        "value": value,
        "value_low": low,
        "value_high": high,
        "against_value": other,
        "against_value_low": other_low,
        "against_value_high": other_high,
        "difference": value - other,
        "p_value": p,
    }
    if low is not None and high is not None and other_low is not None and other_high is not None:
        row["difference_low"] = value - other - math.hypot(value - low, other_high - other)
        row["difference_high"] = value - other + math.hypot(high - value, other - other_low)
    return row


def corrected(rows: list[Row], alpha: float) -> None:
    """Holm's correction within segmentation and measure, and the verdict of every row."""
    names = sorted({(row["segmentation"], row["measure"]) for row in rows})
    given = [math.nan if row["p_value"] is None else row["p_value"] for row in rows]
    family = np.array([names.index((row["segmentation"], row["measure"])) for row in rows], dtype=np.int64)
    adjusted, sizes = holm(given, family)
    for row, p, size in zip(rows, adjusted.tolist(), sizes.tolist(), strict=True):
        tested = not math.isnan(p)
        row["adjusted_p"], row["compared"] = (p if tested else None), size
        told = tested and p <= alpha and row["difference"] != 0
        row["verdict"] = ("higher" if row["difference"] > 0 else "lower") if told else "cannot_tell"
