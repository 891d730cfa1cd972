"""Kano's table, the published coefficients, Fong's test and what it does when nothing differs."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.drivers.errors import DriverInputError
from peakend.feedback.drivers.kano import EVALUATION, fong_differs, kano, kano_counts, kano_of_role, leads


def test_better_and_worse_are_the_published_ones() -> None:
    found = kano_counts(attractive=40, one_dimensional=30, must_be=20, indifferent=8)
    assert found.better == pytest.approx(0.714286, abs=5e-7)
    assert found.worse == pytest.approx(-0.510204, abs=5e-7)
    assert (found.category, found.second) == ("A", "O")
    assert found.lead == pytest.approx(10 / 98)
    assert found.strength == pytest.approx(90 / 98)
    assert found.better_low is not None
    assert found.worse_low is not None
    assert found.better_low < 0.714286 < (found.better_high or 0)
    assert found.worse_low < -0.510204 < (found.worse_high or 0)


@pytest.mark.parametrize(("row", "column"), [(i, j) for i in range(5) for j in range(5)])
def test_every_pair_of_answers_lies_where_the_table_says(row: int, column: int) -> None:
    found = kano([row + 1], [column + 1])
    assert found.category == EVALUATION[row][column]


def test_the_table_is_the_usual_one() -> None:
    # Berger et al. (1993): like/dislike is one-dimensional, expect/dislike must-be, like/neutral attractive.
    assert EVALUATION[0][4] == "O"
    assert EVALUATION[1][4] == EVALUATION[2][4] == EVALUATION[3][4] == "M"
    assert EVALUATION[0][1] == EVALUATION[0][2] == EVALUATION[0][3] == "A"
    assert EVALUATION[0][0] == EVALUATION[4][4] == "Q"


def test_fong_tells_a_lead_from_chance() -> None:
    # |40 − 30| against 1.65·√(70·(196 − 70)/196) = 11.07.
    assert not fong_differs(40, 30, 98)
    assert fong_differs(45, 25, 98)


def test_equal_categories_are_seldom_told_apart() -> None:
    random = np.random.default_rng(3)
    counts = random.multinomial(200, [0.25, 0.25, 0.5], size=4000)
    false = np.mean([[leads(a, b), fong_differs(a, b, 200)] for a, b, _ in counts], axis=0)
    assert 0.035 < false[0] < 0.065
    # The published rule is looser than its 10 %, which is why it does not decide.
    assert false[1] == pytest.approx(0.153, abs=0.02)


def test_indifference_outnumbering_the_others_is_the_category() -> None:
    found = kano_counts(attractive=20, one_dimensional=15, must_be=14, indifferent=51)
    assert found.category == "I"


def test_skipped_answers_are_left_out_and_weights_count() -> None:
    found = kano([1, 1, None, 2], [5, 3, 3, 5], weights=[2.0, 1.0, 5.0, 1.0])
    assert found.n == 3
    assert (found.counts["O"], found.counts["A"], found.counts["M"]) == (2.0, 1.0, 1.0)
    assert found.effective_n == pytest.approx(16 / 6)


def test_nobody_answering_gives_no_numbers() -> None:
    found = kano([None], [None])
    assert (found.n, found.category, found.better, found.worse_low) == (0, None, None, None)


def test_only_reverse_answers_have_no_coefficients() -> None:
    found = kano_counts(reverse=12)
    assert (found.category, found.better, found.worse) == ("R", None, None)


@pytest.mark.parametrize("given", [([6], [1]), ([1, 2], [1]), ([1.5], [1])])
def test_other_answers_are_refused(given: tuple[list[float], list[float]]) -> None:
    with pytest.raises(DriverInputError):
        kano(*given)


def test_roles_of_ordinary_ratings_have_kano_letters() -> None:
    assert [
        kano_of_role(r) for r in ("basic", "performance", "excitement", "indifferent", "cannot_tell")
    ] == [
        *"MOAI",
        None,
    ]
