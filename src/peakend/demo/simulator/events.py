"""Interactions: how orders meet a touchpoint, used by every mechanism that adds events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.calendar import DAY, SECOND
from peakend.demo.simulator.draws import Array, normal_quantile, pick
from peakend.demo.simulator.frame import Frame
from peakend.demo.simulator.mechanism import mechanisms

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Block

SLOTS = 64
_MINUTE = 60 * SECOND


def occasion(ordinal: Array, slot: Array | int) -> Array:
    """One number for (order, touchpoint): the ordinal under which draws about an event are named."""
    return ordinal * SLOTS + slot


def moment(block: Block, slot: int, anchor: Array, u: Array, u_hour: Array) -> Array:
    """UTC microseconds at which an order with this anchor meets the touchpoint, from two uniforms.

    Within a day of the anchor it is so many minutes away; further off it falls into opening hours.
    """
    low, high = block.world.company.touchpoints[slot].minutes
    offset = ((low + u * (high - low)) * 60).astype(np.int64) * SECOND
    at = anchor + offset
    calendar = block.world.calendar
    opening = calendar.local_midnight(calendar.local_day(at)) + calendar.time_of_day(u_hour)
    snapped: Array = np.where(np.abs(offset) >= DAY, opening, at)
    return snapped


def met(block: Block, slot: int, order: Array, at: Array) -> Frame:
    """Events at one touchpoint for rows `order` of the orders at times `at`, if inside the window."""
    world = block.world
    touchpoint = world.company.touchpoints[slot]
    inside = (at >= world.calendar.start_us) & (at < world.calendar.end_us)
    order, at = order[inside], at[inside]
    orders = block.orders
    index, ordinal = orders["index"][order], orders["ordinal"][order]
    u = world.draws.uniforms("events", index, occasion(ordinal, slot))
    median, spread = touchpoint.duration
    names = list(touchpoint.channels) or [touchpoint.channel]
    channels = np.array([world.company.channels.index(name) for name in names])
    place = orders["place"][order]
    staff = np.array([site.staff for site in world.company.sites])
    first = np.concatenate([[0], np.cumsum(staff)[:-1]])
    employee = first[place] + (u[2] * staff[place]).astype(np.int64)
    return Frame(
        {
            "order": order,
            "person": orders["person"][order],
            "index": index,
            "ordinal": ordinal,
            "slot": np.full(len(order), slot),
            "at": at,
            "duration_s": np.round(median * 60 * np.exp(spread * normal_quantile(u[0]))),
            "channel": channels[pick(u[1], np.array(list(touchpoint.channels.values()) or [1.0]))],
            "site": np.where(touchpoint.at_site, place, -1),
            "employee": np.where(touchpoint.staffed, employee, -1),
            "sensed": u[3],
            "again": np.zeros(len(order), bool),
            "unhanded": np.zeros(len(order), bool),
            "defect": np.zeros(len(order), bool),
        }
    )


def in_order(events: Frame, kept: Array | None = None) -> Frame:
    """Events sorted by order and time (whole seconds), ties by position in the journey.

    kept: a mask of those that stay.
    """
    rows = _sorted(events["order"], events["at"] // SECOND, events["slot"])
    return events.take(rows if kept is None else rows[kept[rows]])


def _sorted(order: Array, second: Array, slot: Array) -> Array:
    """Row numbers by one key that holds all three: rows come in few sorted runs, which a stable sort uses."""
    if not len(order):
        return np.zeros(0, np.int64)
    since = second - second.min()
    span = int(since.max()) + 1
    if (int(order.max()) + 1) * span * SLOTS >= 2**63:
        return np.lexsort((slot, second, order))
    return np.argsort((order * span + since) * SLOTS + slot, kind="stable")


def episodes(events: Frame) -> tuple[Array, Array]:
    """(first row, number of rows) of every order's events; `events` stand in order."""
    starts = np.flatnonzero(np.diff(events["order"], prepend=-1))
    return starts, np.diff(starts, append=len(events))


def by_touchpoint(block: Block) -> Array:
    """Latent satisfaction by order and touchpoint: shape (orders, touchpoints), NaN where not met."""
    felt = np.full((len(block.orders), len(block.world.company.touchpoints)), np.nan)
    felt[block.events["order"], block.events["slot"]] = block.events["latent"]
    return felt


def strongest(block: Block, order: Array) -> tuple[Array, Array]:
    """(touchpoint, latent satisfaction) of the strongest moment of each of rows `order` of the orders.

    Every one of them must have met something.
    """
    moments = block.felt[order]
    if not len(order):
        return np.zeros(0, np.int64), np.zeros(0)
    slot = np.nanargmax(np.abs(moments), axis=1)
    return slot, np.take_along_axis(moments, slot[:, None], axis=1)[:, 0]


def felt(block: Block, events: Frame) -> Array:
    """Latent satisfaction of each of `events`: the sum of what every mechanism contributes."""
    total = np.zeros(len(events))
    for mechanism in mechanisms():
        if mechanism.experience is not None:
            total += mechanism.experience(block, events)
    return total
