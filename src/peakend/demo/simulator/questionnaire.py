"""What respondents answer: one row a question that their survey asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from peakend.demo.simulator.answering import score
from peakend.demo.simulator.columns import canonical, numbers, picked
from peakend.demo.simulator.draws import Array, normal_quantile
from peakend.demo.simulator.keys import response_ids
from peakend.demo.simulator.mechanisms.delight import compared
from peakend.demo.simulator.mechanisms.delivered import factor_felt
from peakend.demo.simulator.mechanisms.expectations import expected
from peakend.demo.simulator.mechanisms.recall import CHOICES
from peakend.demo.simulator.mechanisms.retest import again
from peakend.demo.simulator.surveys import RETEST, Question, programmes, questions
from peakend.demo.simulator.wording import wordings

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.frame import Frame

_STATES = ("answered", "not_used", "no_answer")
_ANSWERED, _NOT_USED, _NO_ANSWER = range(3)
_QUESTIONS = 128
_FLAT_STEPS = 4


def answers(block: Block, done: Frame) -> pa.Table:
    """The rows of `answers` for the completed questionnaires `done`."""
    asked, asked_by = questions(block.world), programmes(block.world)
    parts = []
    for number, question in enumerate(asked):
        asks = np.array([programme in question.programmes for programme in asked_by])
        rows = np.flatnonzero(asks[done["survey"]])
        state, scored, text, choice = _given(block, done.take(rows), number, question)
        parts.append((rows, np.full(len(rows), number), state, scored, text, choice))
    row, which, state, scored, text, choice = (np.concatenate(column) for column in zip(*parts, strict=True))
    has_score = np.array([question.cuts is not None for question in asked])
    return canonical(
        "answers",
        block.world.source,
        {
            "response_id": response_ids(done.take(row)),
            "question_id": picked([question.id for question in asked], which),
            "state": picked(_STATES, state),
            "score": numbers(scored, where=(state == _ANSWERED) & has_score[which]),
            "choice": picked(CHOICES, np.maximum(choice, 0), where=choice >= 0),
            "text": wordings(block.world).texts.take(pa.array(text, mask=text < 0)),
        },
    )


def _given(block: Block, done: Frame, number: int, question: Question) -> tuple[Array, Array, Array, Array]:
    """(state, score, number of the comment, number of the choice) of every answer to one question."""
    nothing = np.full(len(done), -1)
    if question.metric == "text":
        return np.where(done["comment"] >= 0, _ANSWERED, _NO_ANSWER), nothing, done["comment"], nothing
    if question.metric == "choice":
        choice = done["remembers" if question.dimension == "recall" else "attributes"]
        return np.where(choice >= 0, _ANSWERED, _NOT_USED), nothing, nothing, choice
    state, scored = scores(block, done, number, question)
    return state, scored, nothing, nothing


def scores(block: Block, done: Frame, number: int, question: Question) -> tuple[Array, Array]:
    """(state, score) of every answer to a scored question, by `number` its position."""
    world = block.world
    u = world.draws.uniforms("answers", done["index"], done["repeats"] * _QUESTIONS + number)
    latent = _felt(block, done, number, question) + world.company.experience.answer_noise * normal_quantile(
        u[0]
    )
    if RETEST in question.programmes:
        latent = again(block, done, question.metric, number, latent)
    met, flat = ~np.isnan(latent), done["flat"] >= 0
    silent = (u[1] < world.shared.response.no_answer) & ~flat
    state = np.where(met, np.where(silent, _NO_ANSWER, _ANSWERED), _NOT_USED)
    scored = score(world, question.cuts or question.metric, np.where(met, latent, 0))
    low, high = world.shared.scales[question.metric]
    alike = low + np.floor((high - low) * done["flat"] / _FLAT_STEPS + 0.5)
    return state, np.where(flat, alike, scored)


def _felt(block: Block, done: Frame, number: int, question: Question) -> Array:
    """Latent value behind the answers to a question, without the noise of answering; NaN where not met."""
    if question.memory:
        remembered: Array = block.orders["remembered"][done["order"]] + done["mood"]
        return remembered
    if question.factor:
        return factor_felt(block, done, question.dimension or "", number)
    if question.slot is None:
        about = done["overall"] if question.overall else compared(block, done)
        whole: Array = about + done["mood"]
        return whole
    felt = block.felt[done["order"], question.slot]
    if question.metric == "expectation":
        return np.where(np.isnan(felt), np.nan, expected(block, done["order"], question.slot))
    part: Array = felt + done["mood"]
    return part
