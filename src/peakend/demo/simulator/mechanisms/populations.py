"""Everybody who could be asked: how many they are by segment, and what all of them would have answered.

The first the company knows (`populations`, the margins for weighting); the second is the truth that weighting
is after. What weighting cannot bring back is the part of non-response that follows satisfaction itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from peakend.demo.simulator.columns import canonical_rows
from peakend.demo.simulator.frame import Frame
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.mechanisms.halo import mood
from peakend.demo.simulator.mechanisms.straight_liners import flat
from peakend.demo.simulator.mechanisms.visits import askable
from peakend.demo.simulator.mechanisms.waves import latest_orders
from peakend.demo.simulator.questionnaire import scores
from peakend.demo.simulator.segmenting import cuts
from peakend.demo.simulator.surveys import VISITS, WAVE_NUMBERS, questions, surveys
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Block, Tally
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World

_SIZES, _TRUTH = "populations", "truth_populations"
_TRUTH_SCHEMA = pa.schema(
    [
        ("survey_id", pa.string()),
        ("question_id", pa.string()),
        ("score", pa.float64()),
        ("size", pa.int64()),
    ]
)


def _step(block: Block) -> None:
    orders, calendar = block.orders, block.world.calendar
    for number, survey in enumerate(surveys(block.world)):
        if number == VISITS:
            order = np.flatnonzero(askable(block))
            _count(block, number, order, orders["ordinal"][order])
        elif survey.wave is not None:
            latest = latest_orders(block, calendar.at(survey.starts_on))
            order = latest[latest >= 0]
            _count(block, number, order, np.full(len(order), WAVE_NUMBERS + number))


def _count(block: Block, survey: int, order: Array, number: Array) -> None:
    """Count the customers of `order` by segment, and by what each would answer."""
    world, orders = block.world, block.orders
    survey_id = surveys(world)[survey].id
    person = orders["person"][order]
    for segmentation, (names, member_of) in cuts(block).items():
        for segment, size in zip(names, np.bincount(member_of[person], minlength=len(names)), strict=True):
            block.tally[_SIZES, survey_id, segmentation, segment] += int(size)
    everybody = Frame(
        {
            "survey": np.full(len(order), survey),
            "index": orders["index"][order],
            "number": number,
            "repeats": number,
            "order": order,
            "overall": orders["overall"][order],
        }
    )
    everybody["mood"], everybody["flat"] = mood(world, everybody), flat(world, everybody)
    for position, question in enumerate(questions(world)):
        if question.overall and not question.memory:
            for score, size in enumerate(
                np.bincount(scores(block, everybody, position, question)[1].astype(int))
            ):
                block.tally[_TRUTH, survey_id, question.id, f"{score:02d}"] += int(size)


def _closing(world: World, tally: Tally) -> Rows:
    counted = sorted(tally.items())
    sizes = [
        {"survey_id": key[1], "segmentation": key[2], "segment": key[3], "size": float(size)}
        for key, size in counted
        if key[0] == _SIZES
    ]
    answers = [
        {"survey_id": key[1], "question_id": key[2], "score": float(key[3]), "size": size}
        for key, size in counted
        if key[0] == _TRUTH and size
    ]
    yield _SIZES, canonical_rows(_SIZES, world.source, sizes)
    yield _TRUTH, pa.Table.from_pylist(answers, schema=_TRUTH_SCHEMA)


MECHANISM = Mechanism(
    name="populations",
    meaning=Text(
        "Sizes of all segments, and what everybody would have answered.",
        "各分群的人数，以及所有人若都作答会给出的答案。",
    ),
    after=("waves", "segments", "drivers_by_segment"),
    step=_step,
    closing=_closing,
)
