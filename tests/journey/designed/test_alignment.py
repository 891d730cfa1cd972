"""Alignments: a hand-worked process with parallel steps, and random designs against brute force."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peakend.journey.designed.alignment import Aligner, deviations
from peakend.journey.designed.design import END, START, Design, Flow, Step
from peakend.journey.designed.states import TooManyStatesError, state_graph


def design(
    steps: str | list[str], flows: list[tuple[str, str]], gateways: dict[str, Any] | None = None, **flags: str
) -> Design:
    """Steps at touchpoints of the same name; flags: names of optional and repeatable steps."""
    made = tuple(
        Step(
            s,
            s.rstrip("'"),
            optional=s in flags.get("optional", ""),
            repeatable=s in flags.get("repeatable", ""),
        )
        for s in steps
    )
    return Design("d", "1", made, tuple(Flow(a, b) for a, b in flows), gateways=gateways or {})


# Compensation requests, as in van der Aalst, Adriansyah & van Dongen (2012): register (a), then examine
# thoroughly (b) or casually (c) while the ticket is checked (d), decide (e); then begin again (f), pay (g) or
# reject (h).
COMPENSATION = design(
    "abcdefgh",
    [
        *((START, "a"), ("a", "again"), ("again", "both"), ("both", "either"), ("both", "d")),
        *(("either", "b"), ("either", "c"), ("b", "one"), ("c", "one"), ("one", "joined"), ("d", "joined")),
        *(("joined", "e"), ("e", "then"), ("then", "f"), ("f", "again"), ("then", "g"), ("then", "h")),
        *(("g", END), ("h", END)),
    ],
    dict.fromkeys(("both", "joined"), "parallel")
    | dict.fromkeys(("again", "either", "one", "then"), "exclusive"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("lived", "cost"),
    [
        ("acdeh", 0),
        ("adceg", 0),
        ("abdefdbeg", 0),
        ("aceh", 1),  # the ticket was not checked
        ("abcdeg", 1),  # examined twice
        ("adeh", 1),  # not examined
        ("cdeh", 1),  # not registered
        ("acdehg", 1),  # rejected and paid
        ("eacdh", 2),  # decided before anything else
        ("", 5),
        ("xyz", 8),
    ],
)
def test_compensation_requests(lived: str, cost: int) -> None:
    aligner = Aligner(COMPENSATION)
    found = aligner.align(list(lived))
    assert found.cost == cost
    assert aligner.shortest == 5
    assert found.fitness == pytest.approx(1 - cost / (len(lived) + 5))
    assert "".join(touchpoint for touchpoint, _ in found.pairs if touchpoint) == lived


def test_deviations_are_named() -> None:
    chain = design("abcd", [(START, "a"), ("a", "b"), ("b", "c"), ("c", "d"), ("d", END)], optional="c")
    aligner = Aligner(chain)

    def told(lived: str) -> set[tuple[str, str]]:
        return {(kind, at) for kind, _, at in deviations(aligner.align(list(lived)), aligner.touchpoints)}

    assert told("abcd") == told("abd") == set()
    assert told("acd") == {("skipped", "b")}
    assert told("abbcd") == {("repeated", "b")}
    assert told("abxd") == {("unexpected", "x")}
    assert told("bacd") in ({("out_of_order", "a")}, {("out_of_order", "b")})
    assert told("abdc") == {("out_of_order", "c")}


def test_inclusive_gateways_wait_for_all_that_may_come() -> None:
    flows = [(START, "split"), ("split", "a"), ("split", "b"), ("split", "c"), ("a", "join"), ("b", "join"),
             ("c", "join"), ("join", "z"), ("z", END)]  # fmt: skip
    aligner = Aligner(design("abcz", flows, {"split": "inclusive", "join": "inclusive"}))
    for fitting in ("az", "bz", "abz", "baz", "cabz"):
        assert aligner.align(list(fitting)).cost == 0
    assert aligner.align(list("azb")).cost == 1
    assert aligner.align(list("z")).cost == 1


def test_cycles_and_several_starts() -> None:
    looped = design("ab", [(START, "a"), ("a", "b"), ("b", "a"), ("b", END), (START, "b")])
    aligner = Aligner(looped)
    assert [aligner.align(list(lived)).cost for lived in ("ab", "b", "abab", "bab", "aab")] == [0, 0, 0, 0, 1]


def test_a_design_with_too_many_states_says_so() -> None:
    names = [f"s{n}" for n in range(14)]
    flows = [(START, "split"), *(("split", n) for n in names), *((n, "join") for n in names), ("join", END)]
    with pytest.raises(TooManyStatesError):
        state_graph(design(names, flows, {"split": "parallel", "join": "parallel"}))


Block = tuple[Any, ...]

# Block-structured designs: their sequences are spelled out from the blocks, not from the states.
_blocks = st.recursive(
    st.tuples(st.sampled_from(["step", "optional", "repeatable"]), st.sampled_from("abc")),
    lambda inner: st.tuples(st.sampled_from(["then", "either", "both"]), inner, inner),
    max_leaves=4,
)


def _words(block: Block, lived: str) -> set[str]:
    """Every sequence of `block`; a step again as often as it was lived: more only costs more."""
    kind, first, *second = block
    if kind == "step":
        return {first}
    if kind == "optional":
        return {first, ""}
    if kind == "repeatable":
        return {first * times for times in range(1, max(1, lived.count(first)) + 1)}
    pairs = list(product(_words(first, lived), _words(second[0], lived)))
    if kind == "either":
        return {word for pair in pairs for word in pair}
    if kind == "then":
        return {a + b for a, b in pairs}
    return {word for a, b in pairs for word in _shuffled(a, b)}


def _shuffled(a: str, b: str) -> set[str]:
    if not a or not b:
        return {a + b}
    return {a[0] + rest for rest in _shuffled(a[1:], b)} | {b[0] + rest for rest in _shuffled(a, b[1:])}


class _Builder:
    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.flows: list[Flow] = []
        self.gateways: dict[str, Any] = {}

    def build(self, block: Block) -> tuple[str, str]:
        """The first and the last node of `block`."""
        kind, first, *second = block
        if kind in ("step", "optional", "repeatable"):
            name = f"n{len(self.steps)}"
            self.steps.append(Step(name, first, optional=kind == "optional", repeatable=kind == "repeatable"))
            return name, name
        if kind == "then":
            (begin, middle), (after, end) = self.build(first), self.build(second[0])
            self.flows.append(Flow(middle, after))
            return begin, end
        number = len(self.gateways)
        split, join = f"g{number}", f"g{number + 1}"
        self.gateways |= dict.fromkeys((split, join), "exclusive" if kind == "either" else "parallel")
        for inner in (first, second[0]):
            begin, end = self.build(inner)
            self.flows += [Flow(split, begin), Flow(end, join)]
        return split, join


def _distance(a: str, b: str) -> int:
    """Insertions and deletions that make `b` of `a`."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            above, row[j] = row[j], above if x == y else 1 + min(row[j], row[j - 1])
    return row[-1]


@given(_blocks, st.text(alphabet="abcx", max_size=5))
@settings(max_examples=150, deadline=None)
def test_costs_equal_brute_force(block: Block, lived: str) -> None:
    builder = _Builder()
    begin, end = builder.build(block)
    flows = (Flow(START, begin), *builder.flows, Flow(end, END))
    made = Design("d", "1", tuple(builder.steps), flows, gateways=builder.gateways)
    expected = min(_distance(lived, word) for word in _words(block, lived))
    aligner = Aligner(made)
    found = aligner.align(list(lived))
    assert found.cost == expected
    assert 0 <= found.fitness <= 1
    assert found.cost == sum(1 for a, b in found.pairs if (a is None) != (b is None))
