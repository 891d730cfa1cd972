"""How far everybody gets, as SQL: one row a step that a customer (or an attempt) reached.

An attempt is a series of different events of one customer (or case, or journey), each after the one before in
the order of time and event_id, that are step 1, 2, … in turn; from its first to its last event no more than
the window passes. The deepest attempt counts. No attempt is ever joined with another: for every event that is
step k, the start of the latest attempt that it continues is a running maximum,

    s_1 = its own time,   s_k = max(s_{k-1}) over the events before it,

kept where time − s_k ≤ window: no other start would leave more room. Because a later event never has an
earlier s, the latest event with an s_{k-1} is the one it continues. An exclusion between two steps parts the
events ahead of an excluded one from those after it; the running maximum sees only its own part.

Each level sorts only the events that reached the step before and those that are this step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peakend.journey.funnels.marks import Marks, is_one_of, marks_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.journey.funnels.steps import By, Counting, Exclusion, Order, Step

BEFORE = "rows between unbounded preceding and 1 preceding"
UP_TO = "rows between unbounded preceding and current row"


@dataclass(frozen=True, slots=True)
class Asked:
    """A funnel that was checked. window_us: None for no limit."""

    steps: tuple[Step, ...]
    exclusions: tuple[Exclusion, ...] = ()
    order: Order = "ordered"
    window_us: int | None = None
    by: By = "customer_id"
    counting: Counting = "customers"

    @property
    def numbers(self) -> range:
        return range(1, len(self.steps) + 1)

    @property
    def attempted(self) -> bool:
        return self.counting == "attempts"

    @property
    def kept(self) -> tuple[str, ...]:
        """Columns every event carries; the customer too where he is not what attempts are cut by."""
        customer = () if self.by == "customer_id" else ("customer_id",)
        return ("unit_id", *customer, "t", "event_id")

    def inside(self, span: str) -> str:
        """SQL: whether `span` microseconds are within the window; empty where there is none."""
        return "" if self.window_us is None else f"{span} <= $window_us"

    def sides(self, marks: Marks) -> list[tuple[int, ...]]:
        """For each pair of steps one after the other: the codes that break an attempt between them."""
        found = []
        for gap in self.numbers[:-1]:
            codes = [
                code
                for one, own in zip(self.exclusions, marks.excluded, strict=True)
                if one.after <= gap < (one.before or len(self.steps))
                for code in own
            ]
            found.append(tuple(sorted(set(codes))))
        return found


def reached_by_order(asked: Asked) -> tuple[list[str], dict[str, Any]]:
    """CTEs over `interactions`, the last of them `reached`, and their parameters, for an ordered funnel.

    Its rows: unit_id, customer_id, attempt, step, r (when it was first reached), wait_us.
    """
    marks = marks_of(asked.steps, asked.exclusions)
    sides = asked.sides(marks)
    parts, columns = marked(asked, marks, sides)
    number = ", row_number() over (partition by e.unit_id order by e.t, e.event_id) as n"
    first = is_one_of("e.code", marks.steps[0])
    begun = f"e.t as s, e.t as q{number if asked.attempted else ''}"
    parts.append(f"level1 as (select {of('e', columns)}, {begun} from events e where {first})")
    for step, side in enumerate(sides, start=2):
        parts += _level(asked, step, is_one_of("e.code", marks.steps[step - 1]), columns, named(sides, side))
    parts.append(f"reached as ({' union all '.join(_first_reached(asked, step) for step in asked.numbers)})")
    return parts, marks.params


def _level(asked: Asked, step: int, here: str, columns: Sequence[str], split: Sequence[str]) -> list[str]:
    """The events that are `step` (place 0) among those that reached the step before (place 1).

    An event that is both stands there twice; as `step` it comes first, so that it never continues itself.
    """
    number, nothing = (", e.n", ", cast(null as bigint)") if asked.attempted else ("", "")
    key = "unit_id, t, event_id, place"
    over = f"over (partition by {of('e', ['unit_id', *split])} order by e.t, e.event_id, e.place {BEFORE})"
    inside = asked.inside("e.t - e.s")
    names = of("e", columns)
    carried = f", max(e.n) {over} as n" if asked.attempted else ""
    n = ", n" if asked.attempted else ""
    return [
        f"both{step} as (select {names}, 1 as place, e.s{number.replace('e.n', 'e.n as n')} "
        f"from level{step - 1} e union all "
        f"select {names}, 0 as place, cast(null as bigint) as s{nothing}{' as n' if nothing else ''} "
        f"from events e where {here})",
        f"seen{step} as (select {names}, e.place, max(e.s) {over} as s, "
        f"max(case when e.place = 1 then e.t end) {over} as q{carried} -- key: {key}\n from both{step} e)",
        f"level{step} as (select {names}, e.s, e.q{n and ', e.n'} from seen{step} e "
        f"where e.place = 0 and e.s is not null{inside and f' and {inside}'})",
    ]


def _first_reached(asked: Asked, step: int) -> str:
    customer = "e.unit_id" if asked.by == "customer_id" else "min(e.customer_id)"
    wait = "min(e.t) - min(e.q)" if step > 1 else "cast(null as bigint)"
    attempt, grouped = ("e.n", ", e.n") if asked.attempted else ("1", "")
    return (
        f"select e.unit_id, {customer} as customer_id, cast({attempt} as bigint) as attempt, "
        f"cast({step} as bigint) as step, min(e.t) as r, {wait} as wait_us "
        f"from level{step} e group by e.unit_id{grouped}"
    )


def marked(asked: Asked, marks: Marks, sides: Sequence[tuple[int, ...]]) -> tuple[list[str], list[str]]:
    """The CTE `events` (and what it needs) with the code of every event, and the columns it carries on.

    One column x0, x1, … for each different set of excluded codes: how many of them have passed.
    """
    only = "" if asked.order == "strict" else f" and {marks.touchpoints}"
    customer = "" if asked.by == "customer_id" else "i.customer_id, "
    first = (
        f'(select i.{asked.by} as unit_id, {customer}epoch_us(i."at") as t, i.event_id, '
        f"{marks.sql} as code from interactions i "
        f'where i.{asked.by} is not null and i."at" is not null{only})'
    )
    columns = list(asked.kept)
    different = [side for side in dict.fromkeys(sides) if side]
    if not different:
        return [f"events as {first}"], columns
    passed = []
    for place, side in enumerate(different):
        counted = f"sum(case when {is_one_of('e.code', side)} then 1 else 0 end)"
        passed.append(f"{over(counted, [], UP_TO)} as x{place}")
    split = f"(select {of('e', [*columns, 'code'])}, {', '.join(passed)} from marked e)"
    return [f"marked as {first}", f"events as {split}"], [*columns, *(f"x{n}" for n in range(len(different)))]


def named(sides: Sequence[tuple[int, ...]], side: tuple[int, ...]) -> list[str]:
    """The column that counts the codes of `side` that have passed; none where it is empty."""
    different = [one for one in dict.fromkeys(sides) if one]
    return [f"x{different.index(side)}"] if side else []


def over(what: str, split: Sequence[str], frame: str) -> str:
    """`what` over the events of a unit (and part) in their order."""
    order = f"order by e.t, e.event_id {frame}".strip()
    return f"{what} over (partition by {of('e', ['unit_id', *split])} {order})"


def of(alias: str, names: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)
