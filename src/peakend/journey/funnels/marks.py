"""Which steps an event is: one small number an event instead of its touchpoint and channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.journey.funnels.steps import Exclusion, Step


@dataclass(slots=True)
class Marks:
    """The numbers (codes) of events that are the same steps and the same exclusions.

    steps, excluded: for each the codes that are it. sql: an expression over `i.touchpoint_id` and `i.channel`
    that gives the code, null for an event that is nothing. touchpoints: a condition that is false only for
    such events. params: the values both of them name.
    """

    steps: list[list[int]]
    excluded: list[list[int]]
    sql: str = ""
    touchpoints: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def marks_of(steps: Sequence[Step], exclusions: Sequence[Exclusion]) -> Marks:
    """One code for every set of steps and exclusions that an event may be at once."""
    conditions = [*steps, *(exclusion.what for exclusion in exclusions)]
    touchpoints = list(dict.fromkeys(name for one in conditions for name in one.touchpoints))
    channels = list(dict.fromkeys(name for one in conditions for name in one.channels))
    names = {name: f"$p{place}" for place, name in enumerate(touchpoints)}
    ways = {name: f"$c{place}" for place, name in enumerate(channels)}
    codes: dict[tuple[int, ...], int] = {}
    plain: dict[int, list[str]] = {}
    cases: list[str] = []

    def code(touchpoint: str, channel: str | None) -> int | None:
        found = tuple(
            place
            for place, one in enumerate(conditions)
            if touchpoint in one.touchpoints and (not one.channels or channel in one.channels)
        )
        return codes.setdefault(found, len(codes)) if found else None

    for touchpoint in touchpoints:
        own = dict.fromkeys(c for one in conditions if touchpoint in one.touchpoints for c in one.channels)
        is_it = f"i.touchpoint_id = {names[touchpoint]}"
        for channel in own:
            cases.append(f"when {is_it} and i.channel = {ways[channel]} then {code(touchpoint, channel)}")
        other = code(touchpoint, None)
        if own and other is not None:
            cases.append(f"when {is_it} then {other}")
        elif other is not None:
            plain.setdefault(other, []).append(names[touchpoint])
    cases += [f"when i.touchpoint_id in ({', '.join(those)}) then {one}" for one, those in plain.items()]
    of = [[one for found, one in codes.items() if place in found] for place in range(len(conditions))]
    return Marks(
        of[: len(steps)],
        of[len(steps) :],
        f"case {' '.join(cases)} end",
        f"i.touchpoint_id in ({', '.join(names.values())})",
        {mark[1:]: name for name, mark in (*names.items(), *ways.items())},
    )


def is_one_of(column: str, codes: Sequence[int]) -> str:
    """SQL: whether the code in `column` is one of `codes`."""
    return f"{column} in ({', '.join(map(str, codes))})"
