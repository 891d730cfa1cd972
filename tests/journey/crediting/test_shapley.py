"""Shapley values: axioms, hand-worked games, and sampling against counting every coalition."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest

from peakend.journey.crediting import AttributionError, shapley_values

Sets = list[tuple[tuple[str, ...], float, float]]


def _sets(seed: int, size: int, entries: int = 80) -> Sets:
    random = np.random.default_rng(seed)
    names = [chr(97 + n) for n in range(size)]
    found = [
        (
            tuple(name for name in names if random.random() < 0.5),
            float(random.integers(1, 30)),
            float(random.integers(1, 30)),
        )
        for _ in range(entries)
    ]
    return [one for one in found if one[0]]


def _by_all_orders(sets: Sets, pseudo: float) -> dict[str, float]:
    """The definition: the mean over all orders of what each adds to the conversion rate."""
    names = sorted({name for met, _, _ in sets for name in met})
    rate = sum(won for _, won, _ in sets) / sum(won + lost for _, won, lost in sets)

    def worth(coalition: frozenset[str]) -> float:
        inside = [(won, lost) for met, won, lost in sets if set(met) <= coalition]
        won, n = sum(one[0] for one in inside), sum(sum(one) for one in inside)
        return (won + pseudo * rate) / (n + pseudo) if inside else 0.0

    worths = {
        frozenset(chosen): worth(frozenset(chosen))
        for k in range(len(names) + 1)
        for chosen in combinations(names, k)
    }
    found = dict.fromkeys(names, 0.0)
    orders = list(permutations(names))
    for order in orders:
        for place, name in enumerate(order):
            before = frozenset(order[:place])
            found[name] += (worths[before | {name}] - worths[before]) / len(orders)
    return found


def test_it_is_the_mean_over_all_orders() -> None:
    sets = _sets(1, 5)
    expected = _by_all_orders(sets, 10.0)
    found = shapley_values(sets)
    assert found.exact
    assert dict(zip(found.touchpoints, found.value, strict=True)) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(3))
def test_values_add_up_to_the_whole(seed: int) -> None:
    """Efficiency: to the overall rate, or to all conversions."""
    sets = _sets(seed, 9)
    won, n = sum(one[1] for one in sets), sum(one[1] + one[2] for one in sets)
    assert shapley_values(sets).value.sum() == pytest.approx(won / n)
    assert shapley_values(sets, "total").value.sum() == pytest.approx(won)
    assert shapley_values(sets, exact_up_to=1, permutations=40).value.sum() == pytest.approx(won / n)
    assert shapley_values(sets).share.sum() == pytest.approx(1)


def test_alike_touchpoints_get_alike_and_idle_ones_nothing_of_their_own() -> None:
    """Symmetry; and in the game of totals one that no converted journey met gets nothing."""
    sets: Sets = [(("a",), 5, 5), (("b",), 5, 5), (("a", "b"), 30, 10), (("a", "b", "idle"), 0, 7)]
    rates, totals = shapley_values(sets), shapley_values(sets, "total")
    assert rates.value[0] == pytest.approx(rates.value[1])
    assert totals.value == pytest.approx([20, 20, 0])


def test_the_hand_worked_game() -> None:
    """v(A) = v(B) = .1, v(AB) = 80/300: either joins first for .1 and second for .8/3 − .1."""
    found = shapley_values([(("A",), 10, 90), (("B",), 10, 90), (("A", "B"), 60, 40)], pseudo=0)
    assert found.value == pytest.approx([0.4 / 3, 0.4 / 3])


def test_totals_are_the_even_split_whatever_the_losses() -> None:
    sets = _sets(2, 7)
    found = shapley_values(sets, "total")
    even = {name: sum(won / len(met) for met, won, _ in sets if name in met) for name in found.touchpoints}
    assert dict(zip(found.touchpoints, found.value, strict=True)) == pytest.approx(even)


def test_sampled_permutations_come_within_their_stated_error() -> None:
    sets = _sets(3, 8)
    exact, sampled = shapley_values(sets), shapley_values(sets, exact_up_to=4, permutations=2000)
    assert not sampled.exact
    assert 0 < sampled.error < 0.02
    assert np.abs(exact.share - sampled.share).max() < 4 * sampled.error


def test_what_cannot_be_attributed_is_refused() -> None:
    for wrong in ([(("a",), 0.0, 3.0)], [(("a",), 2.0, -1.0)], [((), 2.0, 1.0), (("a",), 1.0, 1.0)]):
        with pytest.raises(AttributionError, match="No journey has the outcome"):
            shapley_values(wrong)
    with pytest.raises(AttributionError, match="63 touchpoints"):
        shapley_values([(tuple(f"t{n}" for n in range(63)), 1, 1)])
