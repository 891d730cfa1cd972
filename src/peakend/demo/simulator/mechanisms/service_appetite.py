"""Requests for service: some customers ask for far more of it than others, and cost what they ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from peakend.demo.simulator.calendar import DAY
from peakend.demo.simulator.columns import canonical, constant, identifiers, picked, times
from peakend.demo.simulator.draws import normal_quantile
from peakend.demo.simulator.frame import Frame
from peakend.demo.simulator.keys import order_customers
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World

_MOST = 30
_DAYS_OPEN = (1.0, 0.6)


def _step(block: Block) -> None:
    requests = block.world.company.worth.requests
    heavy = block.drawn("service_appetite")[0] < requests.share
    alike = np.full(block.count, requests.mean / requests.each)
    appetite = np.where(heavy, requests.heavy, 1.0) if block.world.on("service_appetite") else alike
    block.people["appetite"] = appetite
    block.requests = _asked_for(block)


def _asked_for(block: Block) -> Frame:
    """Requests inside the window: order, index, ordinal, number within the order, at, closed_at."""
    world, orders = block.world, block.orders
    requests = world.company.worth.requests
    appetite = block.people["appetite"][orders["person"]]
    u = block.drawn_orders("service_appetite.count")
    count = _poisson(u[0], requests.each * appetite)
    order = np.repeat(np.arange(len(orders)), count)
    number = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)
    index, ordinal = orders["index"][order], orders["ordinal"][order]
    v = world.draws.uniforms("service_appetite.when", index, ordinal, number)
    calendar = world.calendar
    day = calendar.local_day(orders["used_at"][order]) + 1 + (v[0] * requests.days).astype(np.int64)
    at = calendar.local_midnight(day) + calendar.time_of_day(v[1])
    median, spread = _DAYS_OPEN
    taken = (median * np.exp(spread * normal_quantile(v[2])) * DAY).astype(np.int64)
    found = Frame(
        {
            "order": order,
            "index": index,
            "ordinal": ordinal,
            "number": number,
            "at": at,
            "closed_at": at + taken,
        }
    )
    return found.take(at < calendar.end_us)


def _poisson(u: Array, mean: Array) -> Array:
    """Quantiles of Poisson distributions, of which there are only a few."""
    count = np.zeros(len(u), np.int64)
    for level in np.unique(mean):
        rows = mean == level
        below = special.pdtr(np.arange(_MOST), level)
        count[rows] = np.searchsorted(below, u[rows], side="right")
    return count


def _rows(block: Block) -> Rows:
    world, asked = block.world, block.requests
    closed = asked["closed_at"] < world.calendar.end_us
    yield (
        "cases",
        canonical(
            "cases",
            world.source,
            {
                "case_id": identifiers("Q", (asked["index"], 8), (asked["ordinal"], 4), (asked["number"], 2)),
                "customer_id": order_customers(block, asked["order"]),
                "touchpoint_id": constant(world.company.worth.requests.touchpoint, len(asked)),
                "kind": constant("request", len(asked)),
                "severity": constant("low", len(asked)),
                "status": picked(["open", "closed"], closed),
                "opened_at": times(asked["at"]),
                "due_at": times(asked["at"] + 3 * DAY),
                "closed_at": times(asked["closed_at"], where=closed),
            },
        ),
    )


def _truth(world: World) -> Iterable[Truth]:
    requests, on = world.company.worth.requests, world.on("service_appetite")
    yield Parameter("service_appetite", "share", requests.share, "share of customers who ask heavily", on)
    yield Parameter("service_appetite", "mean", requests.mean, "requests an order")
    yield Effect("service_appetite", "heavy", requests.heavy, on, unit="times the requests of others")


MECHANISM = Mechanism(
    name="service_appetite",
    meaning=Text(
        "A few customers ask for service again and again; what it costs exceeds what they bring.",
        "少数客户反复要求服务，其服务成本高于所带来的毛利。",
    ),
    null=Text("All customers ask for service as often.", "所有客户要求服务的频率相同。"),
    after=("orders", "duplicates", "unidentified"),
    step=_step,
    rows=_rows,
    truth=_truth,
    customer_truth=(
        (
            "appetite",
            Text(
                "Requests for service, times those of an ordinary customer", "服务请求频率（普通客户的倍数）"
            ),
        ),
    ),
)
