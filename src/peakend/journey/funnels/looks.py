"""Strict and unordered funnels as SQL: what each event sees ahead of it, and what lies behind it.

Strict: step k of an attempt is the (k − 1)th event after its first one, so every event that is step 1 looks
ahead. Unordered: at every event stand the latest times of all steps up to it; an attempt at the first k ends
here within the window if and only if the earliest of these k times is within it, because later events would
only make the span shorter. Steps that ask for the same events need as many different ones: their times are
the latest, the one before, ….
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.journey.funnels.attempts import UP_TO, Asked, marked, named, of, over
from peakend.journey.funnels.marks import is_one_of, marks_of

if TYPE_CHECKING:
    from collections.abc import Sequence

Told = list[tuple[str, str, str]]
"""For each step: whether it is reached here, when, and the time of the step before."""


def reached_in_a_row(asked: Asked) -> tuple[list[str], dict[str, Any]]:
    """CTEs and parameters as of `attempts.reached_by_order`, for a strict funnel."""
    marks = marks_of(asked.steps, ())
    parts, columns = marked(asked, marks, [])
    aheads = asked.numbers[:-1]
    leads = [
        f"{over(f'lead(e.{name}, {ahead})', [], '')} as {name}{ahead}"
        for ahead in aheads
        for name in ("code", "t")
    ]
    seen = [*columns, *(f"{name}{ahead}" for ahead in aheads for name in ("code", "t"))]
    number = ", row_number() over (partition by e.unit_id order by e.t, e.event_id) as n"
    first = is_one_of("e.code", marks.steps[0])
    parts += [
        f"ahead as (select {of('e', [*columns, 'code'])}, {', '.join(leads)} from events e)",
        f"begun as (select {of('e', seen)}{number if asked.attempted else ''} from ahead e where {first})",
    ]
    times = ["e.t", *(f"e.t{ahead}" for ahead in aheads)]
    met, told = ["e.t is not null"], []
    for step in asked.numbers:
        if step > 1:
            met.append(is_one_of(f"e.code{step - 1}", marks.steps[step - 1]))
        inside = asked.inside(f"{times[step - 1]} - e.t")
        told.append((" and ".join([*met, *([inside] if inside else [])]), times[step - 1], times[step - 2]))
    return [*parts, *_reached(asked, told, "begun")], marks.params


def reached_anyhow(asked: Asked) -> tuple[list[str], dict[str, Any]]:
    """CTEs and parameters as of `attempts.reached_by_order`, for an unordered funnel."""
    marks = marks_of(asked.steps, asked.exclusions)
    sides = asked.sides(marks)
    parts, columns = marked(asked, marks, sides)
    split = named(sides, sides[0])
    groups = _alike(asked)
    most = max(place for _, place in groups)
    source = "events"
    if most > 1:
        kinds = " ".join(
            f"when {is_one_of('e.code', marks.steps[one])} then {one}"
            for one in sorted({g for g, _ in groups})
        )
        parts.append(
            f"grouped as (select {of('e', [*columns, 'code'])}, case {kinds} end as kind from events e)"
        )
        back = [f"{over(f'lag(e.t, {n - 1})', [*split, 'kind'], '')} as t{n}" for n in range(2, most + 1)]
        parts.append(f"again as (select {of('e', [*columns, 'code'])}, {', '.join(back)} from grouped e)")
        source = "again"
    latest = []
    for step, (group, place) in enumerate(groups, start=1):
        own = f"case when {is_one_of('e.code', marks.steps[group])} then e.t{place if place > 1 else ''} end"
        latest.append(f"{over(f'max({own})', split, UP_TO)} as l{step}")
    parts.append(f"latest as (select {of('e', columns)}, {', '.join(latest)} from {source} e)")
    told = []
    for step in asked.numbers:
        known = [f"e.l{one}" for one in range(1, step + 1)]
        there = " and ".join(f"{name} is not null" for name in known)
        inside = asked.inside(f"e.t - {_extreme('least', known)}")
        rest = _extreme("greatest", _others(groups, step)) if step > 1 else ""
        told.append((f"{there} and {inside}" if inside else there, "e.t", rest))
    return [*parts, *_reached(asked, told, "latest")], marks.params


def _alike(asked: Asked) -> list[tuple[int, int]]:
    """For each step: the first step (from 0) that asks for the same events, and which time of them it is."""
    first = [next(n for n, other in enumerate(asked.steps) if other.same(step)) for step in asked.steps]
    return [(group, first[: place + 1].count(group)) for place, group in enumerate(first)]


def _others(groups: Sequence[tuple[int, int]], step: int) -> list[str]:
    """The latest times of the steps 1 … `step` without `step` itself: alike ones stand for each other."""
    group, place = groups[step - 1]
    found = [f"e.l{one}" for one in range(1, step) if groups[one - 1] != (group, 1)]
    return [*found, *([f"e.l{step}"] if place > 1 else [])]


def _reached(asked: Asked, told: Told, source: str) -> list[str]:
    """`reached`, one row a step, from one row a unit (or attempt) with a column a step."""
    found = []
    for step, (when, at, before) in enumerate(told, start=1):
        found.append(f"min(case when {when} then {at} end) as r{step}")
        if step > 1:
            found.append(f"min(case when {when} then {before} end) as b{step}")
    customer = "e.unit_id" if asked.by == "customer_id" else "min(e.customer_id)"
    attempt, grouped = ("e.n", ", e.n") if asked.attempted else ("1", "")
    at = " ".join(f"when n.step = {step} then w.r{step}" for step in asked.numbers)
    since = " ".join(f"when n.step = {step} then w.r{step} - w.b{step}" for step in asked.numbers[1:])
    values = ", ".join(f"({step})" for step in asked.numbers)
    return [
        f"wide as (select e.unit_id, {customer} as customer_id, cast({attempt} as bigint) as attempt, "
        f"{', '.join(found)} from {source} e group by e.unit_id{grouped})",
        f"long as (select w.unit_id, w.customer_id, w.attempt, cast(n.step as bigint) as step, "
        f"case {at} end as r, case {since} end as wait_us "
        f"from wide w cross join (values {values}) as n(step))",
        "reached as (select l.unit_id, l.customer_id, l.attempt, l.step, l.r, l.wait_us "
        "from long l where l.r is not null)",
    ]


def _extreme(function: str, columns: Sequence[str]) -> str:
    return columns[0] if len(columns) == 1 else f"{function}({', '.join(columns)})"
