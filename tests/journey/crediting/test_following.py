"""Sequences: the planted pair is found in its order, additive pairs and null twins are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from peakend.journey.crediting import Sequences, sequences

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

Walks = tuple["pa.Table", "pa.Table"]


def _world(journeys: Callable[..., Walks], synergy: float, alone: float = 0.0, seed: int = 1) -> Walks:
    """Six touchpoints in any order; `alone` for a and for b, `synergy` where b comes after a."""
    random = np.random.default_rng(seed)
    paths, outcome = [], []
    for _ in range(3000):
        path = random.permutation(np.array(list("abcdef"))[random.random(6) < 0.5]).tolist() or ["c"]
        together = "a" in path and "b" in path and path.index("a") < path.index("b")
        chance = 0.15 + alone * (("a" in path) + ("b" in path)) + synergy * together
        paths.append(path)
        outcome.append(int(random.random() < chance))
    return journeys(paths, outcome)


def _claims(found: Sequences) -> set[tuple[str, str, str]]:
    return {
        (found.first[n], found.second[n], found.link[n])
        for n in range(len(found))
        if found.adjusted_p[n] <= 0.05
    }


def test_the_planted_sequence_is_found_and_only_that(journeys: Callable[..., Walks]) -> None:
    found = sequences(*_world(journeys, synergy=0.25))
    assert _claims(found) == {("a", "b", "direct"), ("a", "b", "eventual")}
    place = next(
        n
        for n in range(len(found))
        if (found.first[n], found.second[n], found.link[n]) == ("a", "b", "eventual")
    )
    assert found.low[place] < 0.25 < found.high[place]
    assert found.lift[place] == pytest.approx(found.rate[place] - found.expected[place])
    assert found.rate_reversed[place] < found.rate[place]


def test_two_that_merely_add_up_are_no_sequence(journeys: Callable[..., Walks]) -> None:
    assert _claims(sequences(*_world(journeys, synergy=0.0, alone=0.15))) == set()


def test_the_null_twin_is_clean(journeys: Callable[..., Walks]) -> None:
    assert sum(bool(_claims(sequences(*_world(journeys, 0.0, seed=seed)))) for seed in range(5)) <= 1


def test_counts_are_those_of_the_journeys(journeys: Callable[..., Walks]) -> None:
    """Eighty each of a→b, a→x→b, b→a, a, b and neither; half of the direct convert, a tenth of others."""
    kinds = [["a", "b"], ["a", "x", "b"], ["b", "a"], ["a"], ["b"], ["x"]]
    paths = [kind for kind in kinds for _ in range(80)]
    outcome = [int(n % 80 < (40 if n < 80 else 8)) for n in range(len(paths))]
    found = sequences(*journeys(paths, outcome))
    rows = {
        (found.first[n], found.second[n], found.link[n]): (
            int(found.n[n]),
            int(found.won[n]),
            int(found.n_first[n]),
            int(found.n_second[n]),
            int(found.n_neither[n]),
            int(found.n_reversed[n]),
        )
        for n in range(len(found))
    }
    assert rows["a", "b", "direct"] == (80, 40, 80, 80, 80, 160)
    assert rows["a", "b", "eventual"] == (160, 48, 80, 80, 80, 80)
    assert rows["b", "a", "direct"] == (80, 8, 80, 80, 80, 160)
    # Whoever met a and x met b too: eighty with x after a, none with x before it.
    assert ("x", "a", "eventual") not in rows


def test_without_support_there_is_nothing(journeys: Callable[..., Walks]) -> None:
    found = sequences(*journeys([["a", "b"], ["a"], ["b"], ["c"]] * 5, [1, 0, 0, 0] * 5))
    assert len(found) == 0
    assert len(found.adjusted_p) == 0
