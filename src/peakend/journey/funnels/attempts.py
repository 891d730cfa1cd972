"""How far everybody gets, as SQL: one row a step that a customer (or an attempt) reached.

An attempt is a series of different events of one customer (or case, or journey), each after the one before in
the order of time and event_id, that are step 1, 2, … in turn; from its first to its last event no more than
the window passes. The deepest attempt counts. No attempt is ever joined with another: for every event that is
step k, the start of the latest attempt that it continues is a running maximum,

    s_1 = its own time,   s_k = max(s_{k-1}) over the events before it,

and because a later event never has an earlier s, the latest event with an s_{k-1} is the one it continues. So
the step is reached where time − s_k ≤ window for some event; no other start would leave more room. An
exclusion between two steps splits the events before into those ahead of the last excluded one and those
after; the running maximum sees the latter only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peakend.journey.funnels.marks import Marks, is_one_of, marks_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.journey.funnels.steps import By, Counting, Exclusion, Order, Step

_BEFORE = "rows between unbounded preceding and 1 preceding"
_UP_TO = "rows between unbounded preceding and current row"


@dataclass(frozen=True, slots=True)
class Asked:
    """A funnel that was checked. window_us: None for no limit."""

    steps: tuple[Step, ...]
    exclusions: tuple[Exclusion, ...] = ()
    order: Order = "ordered"
    window_us: int | None = None
    by: By = "customer_id"
    counting: Counting = "customers"


def reaches_sql(asked: Asked) -> tuple[str, dict[str, Any]]:
    """A query over `interactions` and its parameters.

    Its rows: customer_id, unit_id (what `by` names), attempt, step, depth (the deepest step of this customer
    or attempt), wait_us (since the step before; null at step 1).
    """
    marks = marks_of(asked.steps, asked.exclusions)
    text = _Text(asked, marks)
    params = dict(marks.params)
    if asked.window_us is not None:
        params["window_us"] = asked.window_us
    if asked.order == "strict":
        parts = text.strict()
    elif asked.order == "unordered":
        parts = text.unordered()
    else:
        parts = text.ordered()
    last = text.attempts() if asked.counting == "attempts" else text.customers()
    return f"with {', '.join([text.marked(), *parts, *last[:-1]])} {last[-1]}", params


class _Text:
    """The parts of the query. Every part is a CTE; `reach` and `since` say where step k is reached, as time
    and time of the step before (null where it is not)."""

    def __init__(self, asked: Asked, marks: Marks) -> None:
        self.asked, self.marks = asked, marks
        self.count = len(asked.steps)
        self.single = asked.by == "customer_id"
        self.attempted = asked.counting == "attempts"
        self.kept = ("unit_id", "t", "event_id", "code") + (() if self.single else ("customer_id",))
        self.source = "marked"
        self.reach: list[str] = []
        self.since: list[str] = []
        self.attempt: list[str] = []

    def marked(self) -> str:
        asked = self.asked
        only = "" if asked.order == "strict" else f" and {self.marks.touchpoints}"
        customer = "" if self.single else "i.customer_id, "
        return (
            f'marked as (select i.{asked.by} as unit_id, {customer}epoch_us(i."at") as t, i.event_id, '
            f"{self.marks.sql} as code from interactions i "
            f'where i.{asked.by} is not null and i."at" is not null{only})'
        )

    def ordered(self) -> list[str]:
        """s, q (time of the step before) and, for attempts, n (number of the start), step by step."""
        sides = [self._side(gap) for gap in range(1, self.count)]
        parts = self._split([side for side in dict.fromkeys(sides) if side])
        named = {side: f"x{place}" for place, side in enumerate(s for s in dict.fromkeys(sides) if s)}
        columns = [*self.kept, *named.values()]
        first = is_one_of("e.code", self.marks.steps[0])
        more = f"case when {first} then e.t end as s1"
        if self.attempted:
            numbered = self._over(f"sum(case when {first} then 1 else 0 end)", [], _UP_TO)
            more += f", case when {first} then cast({numbered} as bigint) end as n1"
        parts.append(f"level1 as (select {_of('e', columns)}, {more} from {self.source} e)")
        columns.append("s1")
        columns += ["n1"] if self.attempted else []
        for step, side in enumerate(sides, start=2):
            made = [(f"s{step}", f"e.s{step - 1}")]
            made.append((f"q{step}", f"case when e.s{step - 1} is not null then e.t end"))
            made += [(f"n{step}", f"e.n{step - 1}")] if self.attempted else []
            here = is_one_of("e.code", self.marks.steps[step - 1])
            split = [named[side]] if side else []
            new = [
                f"case when {here} then {self._over(f'max({what})', split, _BEFORE)} end as {name}"
                for name, what in made
            ]
            parts.append(
                f"level{step} as (select {_of('e', columns)}, {', '.join(new)} from level{step - 1} e)"
            )
            columns += [name for name, _ in made]
        self.source = f"level{self.count}"
        for step in range(1, self.count + 1):
            inside = self._inside(f"e.t - e.s{step}", f"e.s{step} is not null")
            self.reach.append(f"case when {inside} then e.t end")
            self.since.append(f"case when {inside} then e.q{step} end" if step > 1 else "")
            self.attempt.append(f"e.n{step}")
        return parts

    def strict(self) -> list[str]:
        """What comes next and next but one after every event, and when."""
        leads = [
            f"{self._over(f'lead(e.{name}, {ahead})', [], '')} as {name}{ahead}"
            for ahead in range(1, self.count)
            for name in ("code", "t")
        ]
        parts = [f"ahead as (select {_of('e', self.kept)}, {', '.join(leads)} from marked e)"]
        names = [*self.kept, *(f"{n}{ahead}" for ahead in range(1, self.count) for n in ("code", "t"))]
        numbered = (
            ", row_number() over (partition by e.unit_id order by e.t, e.event_id) as n"
            if self.attempted
            else ""
        )
        first = is_one_of("e.code", self.marks.steps[0])
        parts.append(f"begun as (select {_of('e', names)}{numbered} from ahead e where {first})")
        self.source = "begun"
        times = ["e.t", *(f"e.t{ahead}" for ahead in range(1, self.count))]
        met = ["e.code is not null"]
        for step in range(1, self.count + 1):
            if step > 1:
                met.append(is_one_of(f"e.code{step - 1}", self.marks.steps[step - 1]))
            inside = self._inside(f"{times[step - 1]} - e.t", "")
            told = " and ".join([*met, *([inside] if inside else [])])
            self.reach.append(f"case when {told} then {times[step - 1]} end")
            self.since.append(f"case when {told} then {times[step - 2]} end" if step > 1 else "")
            self.attempt.append("e.n")
        return parts

    def unordered(self) -> list[str]:
        """The latest time of every step up to each event; of a step asked for twice also the time before."""
        groups = self._alike()
        split = self._side(1)
        parts = self._split([split] if split else [])
        columns = [*self.kept, *(["x0"] if split else [])]
        most = max(place for _, place in groups)
        if most > 1:
            back = [
                f"{self._over(f'lag(e.t, {n - 1})', [*(['x0'] if split else []), 'code'], '')} as t{n}"
                for n in range(2, most + 1)
            ]
            parts.append(f"again as (select {_of('e', columns)}, {', '.join(back)} from {self.source} e)")
            columns += [f"t{n}" for n in range(2, most + 1)]
            self.source = "again"
        latest = [
            self._over(
                f"max(case when {is_one_of('e.code', self.marks.steps[group])} then "
                f"e.t{place if place > 1 else ''} end)",
                ["x0"] if split else [],
                _UP_TO,
            )
            + f" as l{step}"
            for step, (group, place) in enumerate(groups, start=1)
        ]
        parts.append(f"latest as (select {_of('e', columns)}, {', '.join(latest)} from {self.source} e)")
        self.source = "latest"
        for step in range(1, self.count + 1):
            known = [f"e.l{one}" for one in range(1, step + 1)]
            there = " and ".join(f"{name} is not null" for name in known)
            inside = self._inside(f"e.t - {_extreme('least', known)}", "")
            told = f"{there} and {inside}" if inside else there
            self.reach.append(f"case when {told} then e.t end")
            rest = self._others(groups, step)
            self.since.append(f"case when {told} then {_extreme('greatest', rest)} end" if step > 1 else "")
        return parts

    def customers(self) -> list[str]:
        """Everybody's deepest attempt: one row a step it reached."""
        steps = range(1, self.count + 1)
        found = [f"min({self.reach[step - 1]}) as r{step}" for step in steps]
        found += [f"min({self.since[step - 1]}) as b{step}" for step in steps if step > 1]
        customer = "e.unit_id as customer_id" if self.single else "min(e.customer_id) as customer_id"
        parts = [
            f"reached as (select e.unit_id, {customer}, {', '.join(found)} from {self.source} e group by e.unit_id)"
        ]
        depth = " + ".join(f"case when d.r{step} is not null then 1 else 0 end" for step in steps)
        waits = ", ".join(f"d.r{step} - d.b{step} as w{step}" for step in steps if step > 1)
        parts.append(
            f"deep as (select d.unit_id, d.customer_id, d.r1, {depth} as depth, {waits} "
            "from reached d where d.r1 is not null)"
        )
        source = "deep"
        if not self.single:
            alone = "case when d.customer_id is null then d.unit_id end"
            names = ["unit_id", "customer_id", "depth", *(f"w{step}" for step in steps if step > 1)]
            parts.append(
                f"ranked as (select {_of('d', names)}, row_number() over (partition by d.customer_id, {alone} "
                "order by d.depth desc, d.r1, d.unit_id) as place from deep d)"
            )
            parts.append(f"deepest as (select {_of('d', names)} from ranked d where d.place = 1)")
            source = "deepest"
        wait = " ".join(f"when n.step = {step} then d.w{step}" for step in steps if step > 1)
        values = ", ".join(f"({step})" for step in steps)
        return [
            *parts,
            "select d.customer_id, d.unit_id, cast(1 as bigint) as attempt, cast(n.step as bigint) as step, "
            f"cast(d.depth as bigint) as depth, case {wait} end as wait_us "
            f"from {source} d cross join (values {values}) as n(step) where n.step <= d.depth",
        ]

    def attempts(self) -> list[str]:
        """One row a step of every attempt; a later event continues the attempt that began last."""
        customer = "e.unit_id" if self.single else "min(e.customer_id)"
        rows = [
            f"select e.unit_id, {customer} as customer_id, {self.attempt[step - 1]} as attempt, {step} as step, "
            + (
                f"min({self.reach[step - 1]}) - min({self.since[step - 1]}) as wait_us "
                if step > 1
                else "cast(null as bigint) as wait_us "
            )
            + f"from {self.source} e where {self.reach[step - 1]} is not null "
            f"group by e.unit_id, {self.attempt[step - 1]}"
            for step in range(1, self.count + 1)
        ]
        who = "a.customer_id" if self.single else "min(a.customer_id) over (partition by a.unit_id)"
        return [
            f"attempted as ({' union all '.join(rows)})",
            f"select {who} as customer_id, a.unit_id, cast(a.attempt as bigint) as attempt, "
            "cast(a.step as bigint) as step, cast(max(a.step) over (partition by a.unit_id, a.attempt) as bigint) "
            "as depth, a.wait_us from attempted a",
        ]

    def _side(self, gap: int) -> tuple[int, ...]:
        """Codes that break an attempt between step `gap` and the next; unordered attempts have one gap."""
        found = [
            code
            for exclusion, codes in zip(self.asked.exclusions, self.marks.excluded, strict=True)
            if exclusion.after <= gap < (exclusion.before or self.count)
            for code in codes
        ]
        return tuple(sorted(set(found)))

    def _split(self, sides: Sequence[tuple[int, ...]]) -> list[str]:
        """How many excluded events have passed, for each set of them; without one, nothing is added."""
        if not sides:
            return []
        passed = []
        for place, side in enumerate(sides):
            counted = f"sum(case when {is_one_of('e.code', side)} then 1 else 0 end)"
            passed.append(f"{self._over(counted, [], _UP_TO)} as x{place}")
        self.source = "split"
        return [f"split as (select {_of('e', self.kept)}, {', '.join(passed)} from marked e)"]

    def _alike(self) -> list[tuple[int, int]]:
        """For each step: the first step that asks for the same events, and which time of them it is."""
        steps = self.asked.steps
        first = [next(n for n, other in enumerate(steps) if other.same(step)) for step in steps]
        return [(group, first[: place + 1].count(group)) for place, group in enumerate(first)]

    def _others(self, groups: Sequence[tuple[int, int]], step: int) -> list[str]:
        """The latest times of the steps 1 … `step` without `step` itself: alike ones stand for each other."""
        group, place = groups[step - 1]
        found = {f"e.l{one}" for one in range(1, step) if groups[one - 1] != (group, 1)}
        return sorted(found | ({f"e.l{step}"} if place > 1 else set()))

    def _inside(self, span: str, otherwise: str) -> str:
        return otherwise if self.asked.window_us is None else f"{span} <= $window_us"

    def _over(self, what: str, split: Sequence[str], frame: str) -> str:
        partition = ", ".join(f"e.{name}" for name in ("unit_id", *split))
        order = f"order by e.t, e.event_id {frame}".strip()
        return f"{what} over (partition by {partition} {order})"


def _of(alias: str, names: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def _extreme(function: str, columns: Sequence[str]) -> str:
    return columns[0] if len(columns) == 1 else f"{function}({', '.join(columns)})"
