"""The rows that funnels count: who reached which step, by the deepest attempt or attempt by attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.journey.funnels.attempts import Asked, reached_by_order
from peakend.journey.funnels.looks import reached_anyhow, reached_in_a_row

if TYPE_CHECKING:
    from peakend.engine import Relation

_REACHED = {"ordered": reached_by_order, "strict": reached_in_a_row, "unordered": reached_anyhow}


def reaches(interactions: Relation, asked: Asked, *, depth: bool = True) -> Relation:
    """One row a step reached: customer_id, unit_id (what `by` names), attempt, step, wait_us (microseconds
    since the step before, null at step 1) and, with `depth`, the deepest step of this customer or attempt."""
    parts, params = _REACHED[asked.order](asked)
    bound: dict[str, Any] = dict(params)
    if asked.window_us is not None:
        bound["window_us"] = asked.window_us
    *more, last = _deepest() if asked.by != "customer_id" and not asked.attempted else _all(asked, depth)
    return interactions.engine.query(
        f"with {', '.join([*parts, *more])} {last}", bound, interactions=interactions
    )


def _all(asked: Asked, depth: bool) -> list[str]:
    deepest = ", max(r.step) over (partition by r.unit_id, r.attempt) as depth" if depth else ""
    # Events of one case may name several customers, and steps of it be reached by different ones.
    customer = (
        "r.customer_id" if asked.by == "customer_id" else "min(r.customer_id) over (partition by r.unit_id)"
    )
    return [
        f"select {customer} as customer_id, r.unit_id, r.attempt, r.step{deepest}, r.wait_us from reached r"
    ]


def _deepest() -> list[str]:
    """Of several cases of a customer the deepest, then the first; a case without a customer is alone."""
    alone = "case when u.customer_id is null then u.unit_id end"
    return [
        "units as (select r.unit_id, min(r.customer_id) as customer_id, max(r.step) as depth, "
        "min(r.r) as began from reached r group by r.unit_id)",
        f"ranked as (select u.unit_id, u.customer_id, u.depth, row_number() over ("
        f"partition by u.customer_id, {alone} order by u.depth desc, u.began, u.unit_id) "
        "as place from units u)",
        "select k.customer_id, r.unit_id, r.attempt, r.step, k.depth, r.wait_us "
        "from reached r join ranked k on k.unit_id = r.unit_id where k.place = 1",
    ]
