"""Marks on answers that look as if nobody had read the questions. A marked answer is kept, never dropped.

Items are what is scored or chosen: each row of a matrix and each half of a pair is one. Under one second an
item counts as too quick (Wood, Harms, Lowman, DeSimone (2017), Social Psychological and Personality Science
8: response speed); under a fifth of that no person can have done it. Below five items neither says
anything: who taps 9 and "send" in two seconds may well have meant it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from peakend.server.answering.checking import Check

SECONDS_AN_ITEM = 1.0
ROBOT_SECONDS_AN_ITEM = 0.2
LEAST_ITEMS = 5
_LINED = frozenset({"matrix", "rating", "csat", "ces", "pair"})


def flags(
    checks: Iterable[Check], answers: Mapping[str, Mapping[str, Any]], seconds: float | None, *, robot: bool
) -> list[str]:
    """The marks of an answer: `robot`, `speeder`, `straight_liner`.

    `checks` are the questions that were shown, `seconds` what passed from the first page to the last (None:
    not known), `robot` whether something else gave it away (the trap field, an absurd rate).
    """
    items = 0
    lines: dict[tuple[int, int], list[int]] = defaultdict(list)
    for check in checks:
        # Nobody needs a second for a question they leave open.
        given = [
            name for name in check.names if answers.get(name, {}).get("state") in ("answered", "not_used")
        ]
        items += len(given)
        scale = check.question.scale
        if check.question.type in _LINED and scale is not None:
            lines[scale] += [answers[name]["score"] for name in given if "score" in answers[name]]
    found = []
    measured = seconds is not None and items >= LEAST_ITEMS
    if robot or (measured and seconds < ROBOT_SECONDS_AN_ITEM * items):  # type: ignore[operator]
        found.append("robot")
    if measured and seconds < SECONDS_AN_ITEM * items:  # type: ignore[operator]
        found.append("speeder")
    if any(len(scores) >= LEAST_ITEMS and len(set(scores)) == 1 for scores in lines.values()):
        found.append("straight_liner")
    return found
