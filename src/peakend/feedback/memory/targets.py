"""What may be a target: a metric that is registered, published with enough answers, and holds still."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from peakend.errors import PeakendError
from peakend.feedback.memory.retest import FEWEST, Agreement
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ACCEPTABLE = 0.7
"""Reliability a metric needs before people are judged by it: Nunnally (1978), Psychometric Theory, 2nd ed."""

STABLE, UNSTABLE, CANNOT_TELL, NOT_RETESTED = "stable", "unstable", "cannot_tell", "not_retested"


class TargetError(PeakendError):
    """A target on a metric that is not registered, or does not hold still. `data`: metric, why."""

    code: ClassVar[str] = "feedback.target"


def stability_of(found: Agreement | None) -> str:
    """stable: the value reaches `ACCEPTABLE`, the interval lies above .5; unstable: it lies below
    `ACCEPTABLE`; cannot_tell: neither; not_retested: fewer than `FEWEST` people were asked twice."""
    if found is None or found.n < FEWEST:
        return NOT_RETESTED
    if found.value is None or found.low is None or found.high is None:
        return CANNOT_TELL
    if found.high < ACCEPTABLE:
        return UNSTABLE
    return STABLE if found.value >= ACCEPTABLE and found.low >= 0.5 else CANNOT_TELL


def require_target(registry: Iterable[Mapping[str, Any]], metric: str) -> Mapping[str, Any]:
    """The row of `metric_registry` for the question `metric`, if it may be a target; else `TargetError`.

    registry: rows of the table `metric_registry`. Refused: a metric that is not registered, that has too few
    answers, or whose test–retest agreement is shown to be below .7. A metric nobody was asked twice about is
    let through: its row says `not_retested`.
    """
    found = [row for row in registry if row["question_id"] == metric]
    if not found:
        raise TargetError(
            Text(
                f"{metric} is not a registered metric: without a definition, a base and an interval it "
                "cannot be a target.",
                f"{metric} 不是已登记的指标：没有定义、基数与区间，不能作为目标。",
            ),
            Text("Choose one from the table metric_registry.", "请从表 metric_registry 中选择。"),
            metric=metric,
            why="unregistered",
        )
    row = found[0]
    if row["usable"]:
        return row
    reasons = {
        UNSTABLE: Text(
            "the same people answer differently when asked again", "同一批人再次被问时给出了不同的回答"
        ),
        "too_few": Text("too few people answered it", "作答人数太少"),
    }
    why = row["reason"]
    said = reasons.get(why, Text(why, why))
    raise TargetError(
        Text(f"{metric} cannot be a target: {said.en}.", f"{metric} 不能作为目标：{said.zh}。"),
        Text("Use it to learn, not to judge.", "可用于了解情况，不可用于考核。"),
        metric=metric,
        why=why,
    )
