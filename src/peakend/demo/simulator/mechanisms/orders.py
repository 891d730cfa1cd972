"""When customers order, through which channel, where, and for how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.calendar import DAY
from peakend.demo.simulator.draws import Array, gamma_quantile, normal_quantile, pick
from peakend.demo.simulator.frame import Frame
from peakend.demo.simulator.keys import MOST_ORDERS
from peakend.demo.simulator.mechanism import Mechanism, mechanisms
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.world import World

# A third of the customers come with the opening, the others over three quarters of the window.
_AT_OPENING = 0.35
_OPENING_DAYS = 60.0
_ACQUISITION = 0.75
_AWAY = 0.25


def first_purchases(world: World, index: Array) -> Array:
    """Operational day of the first purchase of the customers with these numbers."""
    u, window = world.draws.uniforms("orders.first", index), world.calendar.days
    opening = min(_OPENING_DAYS, window * _ACQUISITION)
    first: Array = np.where(u[0] < _AT_OPENING, u[1] * opening, u[1] * window * _ACQUISITION)
    return first


def purchases(block: Block) -> tuple[Array, Array, Array]:
    """(person, ordinal from 1, operational day) of every purchase in the window, by person and time."""
    people, draws = block.people, block.world.draws
    person, day = np.arange(block.count), first_purchases(block.world, people["index"])
    found = [(person, np.ones(block.count, np.int64), day)]
    for ordinal in range(2, MOST_ORDERS + 1):
        u = draws.uniforms("orders.next", people["index"][person], ordinal)
        # The first purchase starts the relationship; only a repeat purchase can be the last (BG/NBD).
        stays = (u[1] >= people["dropout"][person]) | (ordinal == 2)
        day = day - np.log(u[0]) * 7.0 / (people["rate"][person] * _pace(block, person, ordinal - 1, day))
        goes_on = stays & (day < block.world.calendar.days)
        person, day = person[goes_on], day[goes_on]
        if not len(person):
            break
        found.append((person, np.full(len(person), ordinal), day))
    everyone, ordinals, days = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((ordinals, everyone))
    return everyone[order], ordinals[order], days[order]


def _pace(block: Block, person: Array, ordinal: int, day: Array) -> Array:
    """How much faster the next order comes after those of one ordinal."""
    factor = np.ones(len(person))
    for mechanism in mechanisms():
        if mechanism.pace is not None:
            factor *= mechanism.pace(block, person, ordinal, day)
    return factor


def _step(block: Block) -> None:
    world, people = block.world, block.people
    person, ordinal, operational = purchases(block)
    block.orders = Frame({"person": person, "index": people["index"][person], "ordinal": ordinal})
    when, how = block.drawn_orders("orders.when"), block.drawn_orders("orders.how")
    orders, calendar = block.orders, world.calendar
    local_day = calendar.day_of(operational)
    at = calendar.local_midnight(local_day) + calendar.time_of_day(when[0])
    # Hours are drawn within days: sorting restores that a later order of a person is not earlier in the day.
    orders["at"] = at[np.lexsort((at, person))]
    orders["used_at"] = _use(block, local_day, when[1], when[2])
    channels = list(world.company.buying.channels.values())
    orders["channel"] = pick(how[0], np.array([channel.weight for channel in channels]))
    sites = np.array([site.weight for site in world.company.sites])
    orders["place"] = np.where(how[1] < _AWAY, pick(how[2], sites), people["site"][person])
    orders["at_site"] = np.array([channel.site for channel in channels])[orders["channel"]]
    shape = world.company.buying.spend_shape
    value = gamma_quantile(how[3], shape, shape / people["spend"][person])
    orders["cents"] = np.maximum(np.round(value * 100), 100).astype(np.int64)
    orders["record"] = np.zeros(len(orders), np.int64)
    orders["identified"] = np.ones(len(orders), bool)
    first = np.flatnonzero(ordinal == 1)
    people["joined"] = calendar.local_day(orders["at"][first])
    people["orders"] = np.bincount(person, minlength=block.count)


def _use(block: Block, local_day: Array, u_lead: Array, u_hour: Array) -> Array:
    """When what was ordered is used: a flight some days after the booking, most other things at once."""
    median, spread = block.world.company.buying.lead_days
    if median == 0:
        return block.orders["at"]
    calendar = block.world.calendar
    lead = 1 + np.floor(median * np.exp(spread * normal_quantile(u_lead))).astype(np.int64)
    used: Array = calendar.local_midnight(local_day) + lead * DAY + calendar.time_of_day(u_hour)
    return used


def _truth(world: World) -> Iterable[Truth]:
    channels = world.company.buying.channels
    total = sum(channel.weight for channel in channels.values())
    for name, channel in channels.items():
        yield Parameter("orders", f"channel/{name}", channel.weight / total, "share of orders")


MECHANISM = Mechanism(
    name="orders",
    meaning=Text(
        "Orders over the window, each at a time, a place and a value.", "观察期内的订单：时间、地点与金额。"
    ),
    after=("attitude", "buying", "loyalty_link", "people", "seasonality"),
    step=_step,
    truth=_truth,
    customer_truth=(("orders", Text("Orders in the window", "观察期内订单数")),),
)
