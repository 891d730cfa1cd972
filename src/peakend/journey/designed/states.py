"""The states a designed journey can be in: which steps are done, which may come next."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from peakend.journey.designed.design import END, START

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from peakend.journey.designed.design import Design

MOST_STATES = 2_000
"""A design with more states (many things at once, in many orders) is not checked."""

Marking = tuple[int, ...]
"""Flows that are waiting to be followed, as sorted numbers; one may wait twice."""


class TooManyStatesError(Exception):
    """The design has more than `MOST_STATES` states."""


@dataclass(frozen=True, slots=True)
class Move:
    """One way on from a state. step: number of the step that is done, None where nothing happens.

    silent: nothing has to be seen in the log (a gateway, or a step that may be left out).
    """

    to: int
    step: int | None
    silent: bool


@dataclass(frozen=True, slots=True)
class StateGraph:
    """States by number (0: before the start), the moves out of each, whether the journey may end there."""

    moves: Sequence[Sequence[Move]]
    final: Sequence[bool]


def state_graph(design: Design, most: int = MOST_STATES) -> StateGraph:
    """All states of `design`, found from the start. Raises `TooManyStatesError`.

    Tokens wait on flows (BPMN 2.0.2, chapter 13). A step takes one from any flow into it and puts one on any
    flow out of it; a parallel gateway takes one from each and puts one on each; an inclusive gateway puts one
    on any of its flows or on several, and waits until no token can reach it any more. A journey may end when
    all tokens are at the end.
    """
    net = _Net(design)
    numbers: dict[Marking, int] = {}
    moves: list[list[Move]] = []
    final: list[bool] = []
    open_ = list(dict.fromkeys(net.beginnings()))
    first = [Move(place + 1, None, True) for place in range(len(open_))]
    for place, marking in enumerate(open_, start=1):
        numbers[marking] = place
    for marking in open_:
        own: list[Move] = []
        for step, silent, after in net.ways(marking):
            if after not in numbers:
                if len(numbers) >= most:
                    raise TooManyStatesError
                numbers[after] = len(numbers) + 1
                open_.append(after)
            own.append(Move(numbers[after], step, silent))
        moves.append(list(dict.fromkeys(own)))
        final.append(net.is_final(marking))
    return StateGraph([first, *moves], [False, *final])


class _Net:
    def __init__(self, design: Design) -> None:
        self.flows = [(flow.before, flow.after) for flow in design.flows]
        self.into: dict[str, list[int]] = {}
        self.out: dict[str, list[int]] = {}
        for number, (before, after) in enumerate(self.flows):
            self.out.setdefault(before, []).append(number)
            self.into.setdefault(after, []).append(number)
        self.steps = {step.step_id: place for place, step in enumerate(design.steps)}
        self.optional = [step.optional for step in design.steps]
        self.repeatable = [step.repeatable for step in design.steps]
        self.gateways = design.gateways
        self._blocked = {
            name: self._upstream(name) for name, kind in design.gateways.items() if kind == "inclusive"
        }

    def beginnings(self) -> Iterator[Marking]:
        return ((number,) for number in self.out.get(START, []))

    def is_final(self, marking: Marking) -> bool:
        return all(self.flows[number][1] == END for number in marking)

    def ways(self, marking: Marking) -> Iterator[tuple[int | None, bool, Marking]]:
        """(step, silent, marking after) of everything that can happen next."""
        for node in dict.fromkeys(self.flows[number][1] for number in marking):
            if node in self.steps:
                yield from self._step(marking, node)
            elif node in self.gateways:
                yield from self._gateway(marking, node)

    def _step(self, marking: Marking, node: str) -> Iterator[tuple[int | None, bool, Marking]]:
        step = self.steps[node]
        for number in dict.fromkeys(n for n in marking if self.flows[n][1] == node):
            if self.repeatable[step]:
                yield step, False, marking
            for out in self.out.get(node, []):
                after = _changed(marking, [number], [out])
                yield step, False, after
                if self.optional[step]:
                    yield step, True, after

    def _gateway(self, marking: Marking, node: str) -> Iterator[tuple[int | None, bool, Marking]]:
        into, out = self.into.get(node, []), self.out.get(node, [])
        waiting = [number for number in into if number in marking]
        kind = self.gateways[node]
        if kind == "exclusive":
            for number in waiting:
                for one in out:
                    yield None, True, _changed(marking, [number], [one])
        elif kind == "parallel":
            if len(waiting) == len(into):
                yield None, True, _changed(marking, into, out)
        elif not self._still_coming(marking, node, waiting):
            for size in range(1, len(out) + 1):
                for some in combinations(out, size):
                    yield None, True, _changed(marking, waiting, some)

    def _still_coming(self, marking: Marking, node: str, waiting: list[int]) -> bool:
        """Whether a token elsewhere can still reach a flow into `node` on which none waits."""
        missing = [number for number in self.into[node] if number not in waiting]
        return any(
            number in self._blocked[node][one]
            for one in missing
            for number in marking
            if number not in waiting
        )

    def _upstream(self, node: str) -> dict[int, set[int]]:
        """For each flow into `node`, the flows from which it can be reached without passing `node`."""
        found: dict[int, set[int]] = {}
        for last in self.into.get(node, []):
            seen, open_ = {last}, [last]
            while open_:
                before = self.flows[open_.pop()][0]
                if before == node:
                    continue
                more = [number for number in self.into.get(before, []) if number not in seen]
                seen.update(more)
                open_ += more
            found[last] = seen
        return found


def _changed(marking: Marking, taken: Sequence[int], put: Sequence[int]) -> Marking:
    left = list(marking)
    for number in taken:
        left.remove(number)
    return tuple(sorted([*left, *put]))
