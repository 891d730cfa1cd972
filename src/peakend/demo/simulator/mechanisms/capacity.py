"""Resource pools: every month as much capacity as was used and a planted share more, at a planted rate.

Costs are told by month and pool, as time-driven activity-based costing reads them (Kaplan and Anderson,
Harvard Business Review 82(11), 2004). Minutes come from orders, refunds, requests,
complaints and service in person.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.booking import BOOKED, VOLUMES, add, found
from peakend.demo.simulator.columns import canonical_rows
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.mechanisms.lines import UNIT
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block, Tally
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.money_plans import PoolActivity
    from peakend.demo.simulator.world import World

_SECONDS = 60
_CENT = UNIT // 100


def _units(block: Block, activity: PoolActivity) -> tuple[Array, Array, Array]:
    """(order, when, quantity) of every unit of the driver; of minutes it is in seconds."""
    if activity.driver == "interaction_minutes":
        events = block.events
        rows = np.flatnonzero(events["slot"] == block.world.company.slots[activity.touchpoint or ""])
        seconds = np.floor(events["duration_s"][rows] + 0.5).astype(np.int64)
        return events["order"][rows], events["at"][rows], seconds
    if activity.driver == "cases":
        cases = block.requests if activity.kind == "request" else block.cases
        order, at = cases["order"], cases["at"]
    else:
        order, at = _orders(block, refunds=activity.driver == "refunds")
    return order, at, np.ones(len(order), np.int64)


def _orders(block: Block, *, refunds: bool) -> tuple[Array, Array]:
    """(order, when) of every order with a sale, or of every order of which something was taken back."""
    lines = block.lines
    if refunds:
        rows = np.flatnonzero(lines["refund_of"] >= 0)
    else:
        fee = np.array([p.kind == "fee" for p in block.world.company.products])[lines["product"]]
        rows = np.flatnonzero((lines["refund_of"] < 0) & ~fee)
    order, first = np.unique(lines["order"][rows], return_index=True)
    return order, lines["at"][rows[first]]


def _step(block: Block) -> None:
    """Only the column: minutes are counted when everything else is done, in `rows`."""
    block.people["served"] = np.zeros(block.count)


def _rows(block: Block) -> Rows:
    """No rows yet: what a pool cost is known when all customers are; but what each customer took of it."""
    orders, people = block.orders, block.people
    for pool in block.world.company.worth.pools:
        for activity in pool.activities:
            order, at, quantity = _units(block, activity)
            add(block, VOLUMES, activity.id, at, quantity)
            scale = _SECONDS if activity.driver == "interaction_minutes" else 1
            cost = quantity * (activity.minutes * pool.rate / scale)
            people["served"] += np.bincount(orders["person"][order], cost, minlength=block.count)
    return ()


def _closing(world: World, tally: Tally) -> Rows:
    volumes = {(name, day): amount for name, day, amount in found(tally, VOLUMES)}
    rows = []
    for day in sorted({day for _, day in volumes}):
        for pool in world.company.worth.pools:
            used = sum(
                volumes.get((a.id, day), 0)
                * a.minutes
                / (_SECONDS if a.driver == "interaction_minutes" else 1)
                for a in pool.activities
            )
            unused = pool.unused if world.on("capacity") else 0.0
            # Rounded up, so that no pool is short of the minutes it worked.
            capacity = (math.floor(100 * used / (1 - unused)) + 1) / 100
            cents = round(capacity * pool.rate * 100)
            tally[BOOKED, "service", day] += cents * _CENT
            budget = pool.budget if world.on("capacity") else 1.0
            same = {
                "period_on": date.fromisoformat(day),
                "pool": f"{pool.name.en}（{pool.name.zh}）",
                "pool_cost": Decimal(cents) / 100,
                "capacity_minutes": capacity,
                "standard_cost": Decimal(round(cents * budget)) / 100,
                "standard_capacity_minutes": capacity,
                "currency": world.company.currency,
            }
            rows += [
                {
                    **same,
                    "activity_id": activity.id,
                    "name": f"{activity.name.en}（{activity.name.zh}）",
                    "unit_minutes": activity.minutes,
                    "driver": activity.driver,
                    "driver_touchpoint_id": activity.touchpoint,
                    "driver_kind": "sale" if activity.driver == "orders" else activity.kind,
                }
                for activity in pool.activities
            ]
    yield "activities", canonical_rows("activities", world.source, rows)


def _truth(world: World) -> Iterable[Truth]:
    on, currency = world.on("capacity"), world.company.currency
    for pool in world.company.worth.pools:
        yield Parameter("capacity", f"unused/{pool.id}", pool.unused, "share of practical capacity", on)
        yield Parameter("capacity", f"budget/{pool.id}", pool.budget, "budgeted cost / cost", on)
        yield Parameter("capacity", f"rate/{pool.id}", pool.rate, f"{currency} a minute")
        for activity in pool.activities:
            yield Parameter("capacity", f"minutes/{activity.id}", activity.minutes, "minutes a unit")


MECHANISM = Mechanism(
    name="capacity",
    meaning=Text(
        "Resource pools cost what their capacity costs, and a part of it stays unused.",
        "资源池按产能计成本，其中一部分产能闲置。",
    ),
    null=Text("All capacity is used, and budgets are met.", "产能全部用尽，成本与预算一致。"),
    after=("service_appetite",),
    step=_step,
    rows=_rows,
    closing=_closing,
    truth=_truth,
    customer_truth=(
        ("served", Text("Cost of serving the customer from the pools", "资源池中服务该客户的成本")),
    ),
)
