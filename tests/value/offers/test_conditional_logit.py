"""Conditional logit: a hand-worked likelihood, planted coefficients, and choices that have no optimum."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.value import ConditionalLogitModel, choice_shares, choices_of
from peakend.value.models.fitting import DidNotConvergeError
from peakend.value.offers.conditional_logit import ChoiceSetError, hits, likelihood_ratio, separated

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from peakend.value.offers.conditional_logit import Choices

    Floats = NDArray[np.float64]


def drawn(
    random: np.random.Generator, n: int, value: float, cost: float, unit: float = 1.0
) -> tuple[Floats, Choices]:
    """(attributes, choices) of n choices between two to four options, by logit on value and cost."""
    sizes = random.integers(2, 5, n)
    of_row = np.repeat(np.arange(n), sizes)
    x = random.normal(0, unit, (len(of_row), 2))
    utility = x @ np.array([value, cost]) - np.log(-np.log(random.uniform(size=len(of_row))))
    taken = np.zeros(len(of_row), bool)
    for number in range(n):
        rows = np.flatnonzero(of_row == number)
        taken[rows[np.argmax(utility[rows])]] = True
    return x, choices_of(x, of_row, taken)


def test_two_options_are_a_logistic_regression_without_constant() -> None:
    """30 of 40 choices take the option that is worth 2 more: β = log(30/10) / 2, se = 1/√(40·¾·¼·4)."""
    x = np.tile([2.0, 0.0], 40)
    taken = np.tile([True, False], 40)
    taken[:20] = ~taken[:20]
    model = ConditionalLogitModel.fit(choices_of(x, np.repeat(np.arange(40), 2), taken), ["value"])
    assert model.coefficients[0] == pytest.approx(math.log(3) / 2)
    assert model.standard_error("value") == pytest.approx(1 / math.sqrt(40 * 0.75 * 0.25 * 4))
    assert model.log_likelihood == pytest.approx(30 * math.log(0.75) + 10 * math.log(0.25))
    assert model.null_log_likelihood == pytest.approx(40 * math.log(0.5))


@pytest.mark.parametrize("truth", [(0.8, -0.5), (0.0, 0.0)])
def test_planted_coefficients_lie_in_their_intervals_as_often_as_stated(truth: tuple[float, float]) -> None:
    random = np.random.default_rng(17)
    covered, equal = np.zeros(2), 0
    for _ in range(200):
        _, choices = drawn(random, 150, *truth)
        model = ConditionalLogitModel.fit(choices, ["value", "cost"])
        for place, name in enumerate(model.names):
            low, high = model.interval(name)
            covered[place] += low <= truth[place] <= high
        taken = choices_of(
            choices.attributes @ [1, -1],
            choices.of_row,
            np.isin(np.arange(len(choices.attributes)), choices.chosen),
        )
        equal += likelihood_ratio(model, ConditionalLogitModel.fit(taken, ["net"]))[1] < 0.05
    assert (covered / 200 > 0.91).all()
    assert (covered / 200 < 0.99).all()
    # Value and cost weigh the same in the second, and .8 against .5 in the first.
    assert equal / 200 < 0.1 if truth == (0.0, 0.0) else equal / 200 > 0.3


def test_the_unit_of_money_changes_nothing_but_the_unit() -> None:
    x, choices = drawn(np.random.default_rng(3), 300, 0.7, -0.7)
    one = ConditionalLogitModel.fit(choices, ["value", "cost"])
    millions = choices_of(x * 1e6, choices.of_row, np.isin(np.arange(len(x)), choices.chosen))
    other = ConditionalLogitModel.fit(millions, ["value", "cost"])
    assert other.coefficients * 1e6 == pytest.approx(one.coefficients)
    assert other.log_likelihood == pytest.approx(one.log_likelihood)
    assert other.probabilities(millions) == pytest.approx(one.probabilities(choices))


def test_gradient_of_shares_is_that_of_differences() -> None:
    _, choices = drawn(np.random.default_rng(5), 60, 0.5, -0.4)
    model = ConditionalLogitModel.fit(choices, ["value", "cost"])
    names = [("a", "b", "c", "d")[place] for size in choices.sizes for place in range(size)]
    found = choice_shares(model, choices, names)
    for k in range(2):
        moved = []
        for step in (1e-5, -1e-5):
            beta = model.coefficients.copy()
            beta[k] += step
            other = ConditionalLogitModel(model.names, beta, model.covariance, 0, 0, 0)
            moved.append(choice_shares(other, choices, names).share)
        assert found.slopes[:, k] == pytest.approx((moved[0] - moved[1]) / 2e-5, abs=1e-8)
    assert (found.low < found.share).all()
    assert (found.share < found.high).all()


@given(st.integers(0, 10_000))
def test_shares_make_one_and_a_better_offer_loses_nothing(seed: int) -> None:
    random = np.random.default_rng(seed)
    _, choices = drawn(random, 20, 0.5, -0.5)
    model = ConditionalLogitModel(("value", "cost"), np.array([0.5, -0.5]), np.eye(2) * 0.01, 0, 0, 20)
    names = np.array([("own", "b", "c", "d")[place] for size in choices.sizes for place in range(size)])
    before = choice_shares(model, choices, names)
    assert before.share.sum() == pytest.approx(1)
    better = choices.attributes.copy()
    better[names == "own", 0] += random.uniform(0, 3)
    taken = np.isin(np.arange(len(better)), choices.chosen)
    after = choice_shares(model, choices_of(better, choices.of_row, taken), names)
    assert after.share.sum() == pytest.approx(1)
    own = before.options.index("own")
    gained = after.share - before.share
    assert gained[own] >= -1e-12
    assert (np.delete(gained, own) <= 1e-12).all()


@pytest.mark.parametrize(
    ("behind", "expected"),
    [
        ([[1, 0], [0, 1], [1, 1]], True),
        ([[1, 0], [-1, 0], [0, 1]], True),
        ([[1, 0], [-1, 0]], False),
        ([[1, 0], [-1, 1], [-1, -1]], False),
        ([[1, 1], [2, 2], [0, 0]], True),
        ([[0, 0]], False),
        ([[1], [2]], True),
        ([[1], [-2]], False),
        ([[-1], [0]], True),
        ([[1, 0, 0], [0, 1, 0], [-1, -1, 1]], True),
        ([[1, 0, 0], [0, 1, 0], [-1, -1, 0]], False),
        ([[1, 0, 0], [0, 1, 0], [-1, -1, 0], [0, 0, 1]], True),
    ],
)
def test_separation_is_seen(behind: list[list[float]], expected: bool) -> None:
    assert separated(np.array(behind, np.float64)) is expected


@pytest.mark.parametrize("far", [1.0, 1e-6, 1e9])
def test_choices_told_apart_without_exception_have_no_coefficients(far: float) -> None:
    x = np.random.default_rng(1).uniform(1, 2, (40, 2)) * far
    x[::2] += far
    taken = np.tile([True, False], 20)
    with pytest.raises(DidNotConvergeError, match="infinity"):
        ConditionalLogitModel.fit(choices_of(x, np.repeat(np.arange(20), 2), taken), ["value", "cost"])


def test_an_attribute_that_never_differs_or_twins_have_no_coefficients() -> None:
    random = np.random.default_rng(2)
    value = random.normal(size=80)
    taken = np.tile([True, False], 40)
    choice = np.repeat(np.arange(40), 2)
    with pytest.raises(DidNotConvergeError, match="cost: the same"):
        ConditionalLogitModel.fit(
            choices_of(np.stack([value, 0 * value], 1), choice, taken), ["value", "cost"]
        )
    with pytest.raises(DidNotConvergeError, match="flat"):
        ConditionalLogitModel.fit(
            choices_of(np.stack([value, 2 * value], 1), choice, taken), ["value", "cost"]
        )
    with pytest.raises(DidNotConvergeError, match="no choice"):
        ConditionalLogitModel.fit(choices_of(np.zeros((0, 2)), [], []), ["value", "cost"])


@pytest.mark.parametrize(
    ("x", "choice", "taken", "words"),
    [
        ([1, 2, 3], [0, 0, 1], [1, 0, 1], "single option"),
        ([1, 2], [0, 0], [0, 0], "none or several"),
        ([1, 2], [0, 0], [1, 1], "none or several"),
        ([1, math.nan], [0, 0], [1, 0], "no number"),
        ([1, 2, 3, 4], [0, 1, 0, 1], [1, 1, 0, 0], "do not stand together"),
    ],
)
def test_choices_that_cannot_be_are_refused(
    x: list[float], choice: list[int], taken: list[int], words: str
) -> None:
    with pytest.raises(ChoiceSetError, match=words):
        choices_of(x, choice, taken)


def test_ties_hit_by_halves() -> None:
    model = ConditionalLogitModel(("value",), np.array([1.0]), np.eye(1), 0, 0, 2)
    choices = choices_of([1, 1, 2, 1, 0], [0, 0, 1, 1, 1], [1, 0, 1, 0, 0])
    assert hits(model, choices) == pytest.approx((1.5, 0.5 + 1 / 3))
