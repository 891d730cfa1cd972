"""Which design a lived journey belongs to, and how it differs: decided once per distinct sequence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa

from peakend.journey.designed.alignment import Aligner, Alignment, deviations
from peakend.journey.designed.checking import problems_of
from peakend.journey.designed.states import TooManyStatesError
from peakend.journey.traces import steps_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from peakend.journey.designed.design import Design

State = Literal["checked", "too_large", "broken"]
LONGEST_CHECKED = 200
"""Steps of a lived journey that are still aligned; longer ones are not checked."""
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Versions:
    """All versions of all designs, with what checks them. aligners: by place in `designs`; None: cannot."""

    designs: Sequence[Design]
    aligners: Sequence[Aligner | None]
    states: Sequence[State]
    changes: Sequence[date] = field(default=())

    @classmethod
    def of(cls, designs: Sequence[Design]) -> Versions:
        aligners: list[Aligner | None] = []
        states: list[State] = []
        for design in designs:
            made, state = _aligner(design)
            aligners.append(made)
            states.append(state)
        return cls(designs, aligners, states, sorted({d.valid_from for d in designs if d.valid_from}))

    def eras(self) -> pa.Table:
        """The times between changes of any design: era, from_on (inclusive), until_on (exclusive)."""
        ends = [_FIRST, *self.changes, _LAST]
        rows = [{"era": n, "from_on": ends[n], "until_on": ends[n + 1]} for n in range(len(ends) - 1)]
        shape = [("era", pa.int64()), ("from_on", pa.date32()), ("until_on", pa.date32())]
        return pa.Table.from_pylist(rows, schema=pa.schema(shape))

    def valid(self, era: int) -> list[int]:
        """Places of the versions that hold in `era`: of every design the latest that has begun."""
        start = ([_FIRST, *self.changes])[era]
        latest: dict[str, int] = {}
        for place, design in enumerate(self.designs):
            if (design.valid_from or _FIRST) > start:
                continue
            own = latest.get(design.design_id)
            if own is None or _since(self.designs[own]) <= _since(design):
                latest[design.design_id] = place
        return [latest[name] for name in sorted(latest)]

    def best(self, lived: Sequence[str], era: int) -> tuple[int, Alignment] | None:
        """Place of the design that `lived` belongs to, with its alignment; None: to none, or not checked.

        Of the designs valid then that share at least one touchpoint in its place, the one with the highest
        fitness; of equal ones that which begins as the journey did; then the first by id.
        """
        found: list[tuple[float, int, str, int, Alignment]] = []
        for place in self.valid(era):
            aligner = self.aligners[place]
            if aligner is None or len(lived) > LONGEST_CHECKED or not set(lived) & set(aligner.touchpoints):
                continue
            alignment = aligner.align(lived)
            if alignment.matched:
                begins = lived[0] in _beginnings(self.designs[place])
                key = (-alignment.fitness, 0 if begins else 1, self.designs[place].design_id, place)
                found.append((*key, alignment))
        return min(found, key=lambda one: one[:4])[3:] if found else None


def _aligner(design: Design) -> tuple[Aligner | None, State]:
    if problems_of(design):
        return None, "broken"
    try:
        return Aligner(design), "checked"
    except TooManyStatesError:
        return None, "too_large"
    except ValueError:
        return None, "broken"


def _since(design: Design) -> tuple[date, str]:
    return design.valid_from or _FIRST, design.version


def _beginnings(design: Design) -> set[str]:
    first = {flow.after for flow in design.flows if flow.before == "start"}
    return {step.touchpoint_id for step in design.steps if step.step_id in first}


_MATCHES = pa.schema(
    [
        ("variant", pa.string()),
        ("era", pa.int64()),
        ("design_id", pa.string()),
        ("version", pa.string()),
        ("cost", pa.int64()),
        ("fitness", pa.float64()),
    ]
)
_DIFFERENCES = pa.schema(
    [(name, pa.string()) for name in ("variant", "design_id", "version", "kind", "step_id", "touchpoint_id")]
    + [("era", pa.int64())]
)


def matched(versions: Versions, counted: Iterable[Mapping[str, Any]]) -> tuple[pa.Table, pa.Table]:
    """(which design each variant and era belongs to, how it differs: each difference once).

    counted: variant and era of the distinct sequences.
    """
    matches, differences = [], []
    for row in counted:
        found = versions.best(steps_of(row["variant"]), row["era"])
        key = {"variant": row["variant"], "era": row["era"]}
        if found is None:
            if len(steps_of(row["variant"])) <= LONGEST_CHECKED:
                matches.append(key | {"design_id": "", "version": ""})
            continue
        place, alignment = found
        design, aligner = versions.designs[place], versions.aligners[place]
        key |= {"design_id": design.design_id, "version": design.version}
        matches.append(key | {"cost": alignment.cost, "fitness": alignment.fitness})
        told = deviations(alignment, aligner.touchpoints) if aligner else []
        differences += [
            key | {"kind": kind, "step_id": "" if n is None else design.steps[n].step_id, "touchpoint_id": at}
            for kind, n, at in dict.fromkeys(told)
        ]
    return (
        pa.Table.from_pylist(matches, schema=_MATCHES),
        pa.Table.from_pylist(differences, schema=_DIFFERENCES),
    )
