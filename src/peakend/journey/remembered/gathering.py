"""The momentary scores of journeys, from whatever tells them: answers, sensed feelings, words, operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.feedback.scales import ScoreOutsideScaleError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation

OUTCOMES: Mapping[str, float] = {
    "unresolved": -0.5, "failed": -0.5, "abandoned": -0.5, "rejected": -0.5, "cancelled": -0.5,
    "error": -0.5, "timeout": -0.5, "no_show": -0.5, "escalated": -0.3, "reopened": -0.7,
    "未解决": -0.5, "失败": -0.5, "放弃": -0.5, "拒绝": -0.5, "取消": -0.5, "超时": -0.5, "爽约": -0.5,
    "升级": -0.3, "重开": -0.7,
}  # fmt: skip
"""What an outcome is taken to feel like. What went as promised is no moment: only what went wrong counts."""

_WORDS = pa.schema([("event_id", pa.string()), ("score", pa.float64())])


def journey_moments(
    inputs: Inputs, words: Relation | None = None, outcomes: Mapping[str, float] | None = None
) -> Relation:
    """One row a step of `journey_steps` that has a momentary score (−1 to 1), with its source.

    asked: the mean answer about the touchpoint in responses that name an event of the journey, 2(x − low) ÷
    (high − low) − 1 of its scale, given to the named event, else to the last visit of the touchpoint before
    the answer. Given in a response that scores the whole as well it is recalled, not asked: one mood colours
    both. sensed: the interaction's emotion. words: `words` (event_id, score). operations: `outcomes`
    (−1 to 1 by outcome) or lateness, 1 − duration ÷ promised time down to −1, the worse of the two. The
    order is asked, sensed, recalled, words, operations. Answers of anonymous surveys stay out.
    Raises `ScoreOutsideScaleError`.
    """
    _check(inputs)
    felt = OUTCOMES if outcomes is None else outcomes
    table = pa.table(
        {
            "outcome": pa.array([name.strip().lower() for name in felt], pa.string()),
            "score": pa.array(list(felt.values()), pa.float64()),
        }
    )
    engine = inputs.engine
    return inputs.query(
        "journey/remembered/moments",
        asked=inputs.query("journey/remembered/asked_moments"),
        words=words if words is not None else engine.from_arrow(_WORDS.empty_table()),
        operations=inputs.query("journey/remembered/operations_moments", outcomes=engine.from_arrow(table)),
    )


def _check(inputs: Inputs) -> None:
    """Stop at an answer outside its scale: it would be no moment between −1 and 1."""
    wrong = inputs.query("journey/remembered/answers_outside").to_arrow().to_pylist()
    if wrong:
        first = wrong[0]
        same = [row for row in wrong if row["question_id"] == first["question_id"]]
        raise ScoreOutsideScaleError(
            {float(row["score"]): int(row["answers"]) for row in same},
            (float(first["scale_low"]), float(first["scale_high"])),
            first["question_id"],
        )
