"""Who answers, when, and what: invitations, responses and one answer a question."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from peakend.demo.simulator.answering import score
from peakend.demo.simulator.calendar import DAY
from peakend.demo.simulator.columns import canonical, numbers, picked, times
from peakend.demo.simulator.draws import Array, normal_quantile, pick
from peakend.demo.simulator.events import by_touchpoint
from peakend.demo.simulator.keys import event_ids, invitation_ids, order_customers, response_ids
from peakend.demo.simulator.mechanism import Mechanism, Rows, mechanisms
from peakend.demo.simulator.surveys import VISITS, questions, surveys
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World

_HOURS = (8.0, 1.1)
_CHANNELS = ("wechat", "sms", "email")
_STATES = ("answered", "not_used", "no_answer")
_SILENT = (("sent", 0.58), ("opened", 0.28), ("started", 0.06), ("declined", 0.05), ("bounced", 0.03))
_QUESTIONS = 128


def _step(block: Block) -> None:
    world, asked = block.world, block.asked
    response = world.shared.response
    u = world.draws.uniforms("responding", asked["index"], asked["number"])
    more = world.draws.uniforms("responding.more", asked["index"], asked["number"])
    logit = np.full(len(asked), response.intercept)
    for mechanism in mechanisms():
        if mechanism.willingness is not None:
            logit += mechanism.willingness(block, asked)
    median, spread = _HOURS
    delay = median * np.exp(spread * normal_quantile(u[1])) * (DAY // 24)
    asked["answered_at"] = asked["sent_at"] + delay.astype(np.int64)
    asked["completed"] = (u[0] < special.expit(logit)) & (asked["answered_at"] < asked["until"])
    asked["channel"] = pick(u[2], np.array([0.6, 0.25, 0.15]))
    silent = pick(more[0], np.array([share for _, share in _SILENT]))
    asked["status"] = np.where(asked["completed"], len(_SILENT), silent)
    asked["comments"] = more[1] < response.commented
    asked["comment"] = np.full(len(asked), -1)


def _customers(block: Block, asked: Frame) -> pa.Array:
    """The record that was asked: after a visit the one that ordered, in a wave the company's own."""
    return order_customers(block, asked["order"])


def _rows(block: Block) -> Rows:
    asked, world = block.asked, block.world
    yield (
        "invitations",
        canonical(
            "invitations",
            world.source,
            {
                "invitation_id": invitation_ids(asked),
                "survey_id": picked([s.id for s in surveys(world)], asked["survey"]),
                "customer_id": _customers(block, asked),
                "channel": picked(_CHANNELS, asked["channel"]),
                "sent_at": times(asked["sent_at"]),
                "status": picked([*(name for name, _ in _SILENT), "completed"], asked["status"]),
            },
        ),
    )
    done = asked.take(asked["completed"])
    yield "responses", _responses(block, done)
    yield "answers", _answers(block, done)


def _responses(block: Block, done: Frame) -> pa.Table:
    world, orders = block.world, block.orders
    visit = done["survey"] == VISITS
    order = done["order"]
    about = event_ids(
        orders["index"][order], orders["ordinal"][order], orders["last_slot"][order], where=visit
    )
    return canonical(
        "responses",
        world.source,
        {
            "response_id": response_ids(done),
            "survey_id": picked([s.id for s in surveys(world)], done["survey"]),
            "customer_id": _customers(block, done),
            "invitation_id": invitation_ids(done),
            "event_id": about,
            "answered_at": times(done["answered_at"]),
            "language": picked(["en", "zh"], block.people["chinese"][done["person"]]),
            "channel": picked(_CHANNELS, done["channel"]),
            "weight": numbers(done["weight"]),
            "cluster": _clusters(block, order, visit),
        },
    )


@lru_cache(maxsize=8)
def _cluster_names(world: World) -> tuple[str, ...]:
    first = world.calendar.month_starts[0]
    days = [first.fromordinal(first.toordinal() + n).isoformat() for n in range(world.calendar.days)]
    return tuple(f"{site.id}/{day}" for site in world.company.sites for day in days)


def _clusters(block: Block, order: Array, visit: Array) -> pa.Array:
    """Site and day of the visit."""
    world, orders = block.world, block.orders
    calendar = world.calendar
    day = calendar.local_day(orders["used_at"][order]) - calendar.local_day(np.array([calendar.start_us]))
    number = orders["place"][order] * calendar.days + np.clip(day, 0, calendar.days - 1)
    return picked(_cluster_names(world), number, where=visit)


def _answers(block: Block, done: Frame) -> pa.Table:
    """One row a question that the survey asks."""
    world, felt = block.world, by_touchpoint(block)
    asked = questions(world)
    parts = []
    for number, question in enumerate(asked):
        rows = np.arange(len(done)) if question.slot is None else np.flatnonzero(done["survey"] == VISITS)
        if question.metric == "text":
            parts.append(_comments(done, number))
            continue
        latent = done["overall"][rows] if question.slot is None else felt[done["order"][rows], question.slot]
        u = world.draws.uniforms("answers", done["index"][rows], done["number"][rows] * _QUESTIONS + number)
        noisy = latent + world.company.experience.answer_noise * normal_quantile(u[0])
        silent = u[1] < world.shared.response.no_answer
        state = np.where(np.isnan(latent), 1, np.where(silent, 2, 0))
        scored = score(world, question.metric, np.where(np.isnan(noisy), 0, noisy))
        parts.append((rows, np.full(len(rows), number), state, scored, np.full(len(rows), -1)))
    row, which, state, scored, text = (np.concatenate(column) for column in zip(*parts, strict=True))
    texts = [question.metric == "text" for question in asked]
    given = (state == 0) & ~np.array(texts)[which]
    return canonical(
        "answers",
        world.source,
        {
            "response_id": response_ids(done.take(row)),
            "question_id": picked([question.id for question in asked], which),
            "state": picked(_STATES, state),
            "score": numbers(scored, where=given),
            "text": picked(comment_texts(world), np.maximum(text, 0), where=text >= 0),
        },
    )


def _comments(done: Frame, number: int) -> tuple[Array, Array, Array, Array, Array]:
    n = len(done)
    state = np.where(done["comment"] >= 0, 0, 2)
    return np.arange(n), np.full(n, number), state, np.zeros(n), done["comment"]


@lru_cache(maxsize=8)
def comment_texts(world: World) -> tuple[str, ...]:
    """Every comment that can be made, by touchpoint, language (en, zh), tone (blame, praise) and wording."""
    comments = world.shared.comments
    return tuple(
        sentence.format(touchpoint=name)
        for t in world.company.touchpoints
        for language, name in (("en", t.name), ("zh", t.name_zh))
        for tone in (comments.blame, comments.praise)
        for sentence in tone[language]
    )


def _truth(world: World) -> Iterable[Truth]:
    yield Parameter("responding", "intercept", world.shared.response.intercept, "logit")
    yield Parameter("responding", "answer_noise", world.company.experience.answer_noise, "latent")
    for metric, cuts in world.shared.thresholds.items():
        for number, cut in enumerate(cuts, start=1):
            yield Parameter("responding", f"threshold/{metric}/{number}", cut, "latent")


MECHANISM = Mechanism(
    name="responding",
    meaning=Text("Invitations are answered, or not, on ordinal scales.", "受邀者以有序量表作答或不作答。"),
    after=("waves",),
    step=_step,
    rows=_rows,
    truth=_truth,
)
