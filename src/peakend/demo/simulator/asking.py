"""Who answers an invitation and when: the same for every survey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from peakend.demo.simulator.calendar import DAY
from peakend.demo.simulator.draws import Array, normal_quantile, pick
from peakend.demo.simulator.mechanism import mechanisms
from peakend.demo.simulator.surveys import FOLLOW_UP_NUMBERS, VISITS, programmes

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.frame import Frame

CHANNELS = ("wechat", "sms", "email")
SILENT = (("sent", 0.58), ("opened", 0.28), ("started", 0.06), ("declined", 0.05), ("bounced", 0.03))
_CHANNEL_SHARES = (0.6, 0.25, 0.15)
_HOURS = (8.0, 1.1)
_PLAIN = {
    "mood": 0.0,
    "flat": -1,
    "comment": -1,
    "topic": 0,
    "praise": -1,
    "remembers": -1,
    "attributes": -1,
}
"""What an answer is like before mechanisms say more. `flat`: the place on the scale of all answers, 0 to 4;
`topic`: position of the touchpoint of the comment from 1, 0: none; −1 elsewhere: none."""


def answered(block: Block, asked: Frame) -> Frame:
    """`asked` with who completes it, when, through which channel, and whether with a comment."""
    response = block.world.shared.response
    u = block.world.draws.uniforms("responding", asked["index"], asked["number"])
    more = block.world.draws.uniforms("responding.more", asked["index"], asked["number"])
    logit = np.full(len(asked), response.intercept)
    for mechanism in mechanisms():
        if mechanism.willingness is not None:
            logit += mechanism.willingness(block, asked)
    median, spread = _HOURS
    delay = median * np.exp(spread * normal_quantile(u[1])) * (DAY // 24)
    asked["answered_at"] = asked["sent_at"] + delay.astype(np.int64)
    asked["completed"] = (u[0] < special.expit(logit)) & (asked["answered_at"] < asked["until"])
    asked["channel"] = pick(u[2], np.array(_CHANNEL_SHARES))
    silent = pick(more[0], np.array([share for _, share in SILENT]))
    asked["status"] = np.where(asked["completed"], len(SILENT), silent)
    asked["comments"] = more[1]
    for name, value in _PLAIN.items():
        asked[name] = np.full(len(asked), value)
    return asked


def follow_up(block: Block, programme: str, share: float, days: tuple[int, int]) -> Frame:
    """Those who completed a survey after a visit and are asked again: a `share`, within `days` from then on.

    Draws that are to be the same as in the first answer are named by its number, `repeats`.
    """
    world = block.world
    first = block.asked.take(block.asked["completed"] & (block.asked["survey"] == VISITS))
    u = world.draws.uniforms(programme, first["index"], first["number"])
    low, high = days
    sent_at = first["answered_at"] + ((low + u[1] * (high - low)) * DAY).astype(np.int64)
    chosen = (u[0] < share) & (sent_at < world.calendar.end_us)
    again = first.take(chosen)
    again["sent_at"] = sent_at[chosen]
    again["survey"] = np.full(len(again), programmes(world).index(programme))
    again["number"] = again["repeats"] + FOLLOW_UP_NUMBERS[programme]
    return answered(block, again)


def of_programme(block: Block, programme: str) -> Array:
    """Which of the invitations belong to `programme`."""
    which: Array = np.array([name == programme for name in programmes(block.world)])[block.asked["survey"]]
    return which
