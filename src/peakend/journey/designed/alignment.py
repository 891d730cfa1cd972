"""How a lived sequence of touchpoints differs from a design: the best alignment, and what it says."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from peakend.journey.designed.states import StateGraph, state_graph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.journey.designed.design import Design

Kind = Literal["skipped", "repeated", "out_of_order", "unexpected"]
Pair = tuple[str | None, int | None]
"""(what was lived, the number of the step): both, or None on one side."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """The cheapest explanation of a lived sequence. cost: steps skipped plus touchpoints not designed there.

    fitness: 1 − cost / (the cost of an alignment without a single match), 0 to 1.
    """

    cost: int
    fitness: float
    pairs: tuple[Pair, ...]

    @property
    def matched(self) -> int:
        """Touchpoints that were met where the design has them."""
        return sum(1 for lived, step in self.pairs if lived is not None and step is not None)


class Aligner:
    """Aligns sequences with one design; builds its states once.

    Raises `TooManyStatesError` for a design that cannot be checked.
    Source: Adriansyah (2014), Aligning Observed and Modeled Behavior, ch. 4; van der Aalst, Adriansyah & van
    Dongen (2012), WIREs Data Mining and Knowledge Discovery 2(2), pp. 182–192 (standard costs, fitness).
    """

    def __init__(self, design: Design) -> None:
        self.touchpoints = tuple(step.touchpoint_id for step in design.steps)
        self.graph: StateGraph = state_graph(design)
        self.shortest = self._search(()).cost
        self._known: dict[tuple[str, ...], Alignment] = {}

    def align(self, lived: Sequence[str]) -> Alignment:
        """The best alignment of `lived`, touchpoint ids in order. Ties are broken the same way every time."""
        key = tuple(lived)
        if key not in self._known:
            found = self._search(key)
            worst = len(key) + self.shortest
            fitness = 1.0 - found.cost / worst if worst else 1.0
            self._known[key] = Alignment(found.cost, fitness, found.pairs)
        return self._known[key]

    def _search(self, lived: tuple[str, ...]) -> Alignment:
        """Dijkstra over (state, touchpoints explained). Of equal costs, what matches more comes first."""
        moves, final, touchpoints = self.graph.moves, self.graph.final, self.touchpoints
        best: dict[tuple[int, int], tuple[int, int]] = {(0, 0): (0, 0)}
        came: dict[tuple[int, int], tuple[tuple[int, int], Pair | None]] = {}
        open_ = [(0, 0, 0, 0)]
        while open_:
            cost, missed, done, state = heapq.heappop(open_)
            here = (state, -done)
            if (cost, missed) > best[here]:
                continue
            place = -done
            if final[state] and place == len(lived):
                return Alignment(cost, 1.0, _path(came, here))
            ways: list[tuple[int, int, tuple[int, int], Pair | None]] = []
            for move in moves[state]:
                if move.silent:
                    ways.append((0, 0, (move.to, place), None))
                    continue
                if place < len(lived) and move.step is not None and touchpoints[move.step] == lived[place]:
                    ways.append((0, 0, (move.to, place + 1), (lived[place], move.step)))
                ways.append((1, 1, (move.to, place), (None, move.step)))
            if place < len(lived):
                ways.append((1, 1, (state, place + 1), (lived[place], None)))
            for more, worse, there, pair in ways:
                total = (cost + more, missed + worse)
                if there not in best or total < best[there]:
                    best[there] = total
                    came[there] = (here, pair)
                    heapq.heappush(open_, (*total, -there[1], there[0]))
        # A sound design always has a way to the end; `problems_of` refuses the others.
        raise ValueError("the design has no way from the start to the end")


def _path(
    came: dict[tuple[int, int], tuple[tuple[int, int], Pair | None]], last: tuple[int, int]
) -> tuple[Pair, ...]:
    pairs: list[Pair] = []
    while last in came:
        last, pair = came[last]
        if pair is not None:
            pairs.append(pair)
    return tuple(reversed(pairs))


def deviations(alignment: Alignment, touchpoints: Sequence[str]) -> list[tuple[Kind, int | None, str]]:
    """(kind, number of the step or None, touchpoint) of all ways in which the lived journey differs.

    touchpoints: of the steps, by number. A touchpoint that the design does not have is unexpected. One that
    it has, and that was met in its place too, is repeated. Otherwise it was met out of order, and a step at
    it that was skipped is not counted again.
    """
    skipped = [step for lived, step in alignment.pairs if lived is None and step is not None]
    extra = [lived for lived, step in alignment.pairs if step is None and lived is not None]
    done = {touchpoints[step] for lived, step in alignment.pairs if lived is not None and step is not None}
    first = {touchpoint: number for number, touchpoint in reversed(list(enumerate(touchpoints)))}
    found: list[tuple[Kind, int | None, str]] = []
    for touchpoint in extra:
        moved = next((step for step in skipped if touchpoints[step] == touchpoint), None)
        if moved is not None:
            skipped.remove(moved)
            found.append(("out_of_order", moved, touchpoint))
        elif touchpoint not in first:
            found.append(("unexpected", None, touchpoint))
        else:
            found.append(
                ("repeated" if touchpoint in done else "out_of_order", first[touchpoint], touchpoint)
            )
    return [*(("skipped", step, touchpoints[step]) for step in skipped), *found]
