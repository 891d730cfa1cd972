"""Which scores count as what, on every scale that is defined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from peakend.feedback.scales import (
    Scale,
    ScoreOutsideScaleError,
    UnknownScaleError,
    check_scores,
    easy_above,
    nps_points,
    top_box_from,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


@pytest.mark.parametrize(
    ("scale", "detractors", "passives", "promoters"),
    [
        ((0, 10), range(7), (7, 8), (9, 10)),
        ((1, 10), range(1, 7), (7, 8), (9, 10)),
        ((1, 11), range(1, 8), (8, 9), (10, 11)),
        ((1, 5), range(1, 4), (4,), (5,)),
    ],
)
def test_every_point_of_an_nps_scale_has_its_side(
    scale: Scale, detractors: Iterable[int], passives: Iterable[int], promoters: Iterable[int]
) -> None:
    for scores, point in ((detractors, -1), (passives, 0), (promoters, 1)):
        assert (nps_points(np.array(list(scores), dtype=float), scale) == point).all()


def test_nps_on_another_scale_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnknownScaleError) as caught:
        nps_points(np.array([3.0]), (1, 7))
    assert "1–7" in caught.value.in_("en")
    assert "1–7" in caught.value.in_("zh")
    assert caught.value.do is not None


@pytest.mark.parametrize(
    ("scale", "top"),
    [
        ((1, 5), 4),
        ((1, 7), 6),
        ((1, 10), 9),
        ((0, 10), 9),
        ((1, 3), 3),
        ((1, 4), 4),
        ((0, 1), 1),
        ((0, 100), 80),
    ],
)
def test_the_top_box_is_defined_on_every_scale(scale: tuple[float, float], top: float) -> None:
    assert top_box_from(scale) == top


@pytest.mark.parametrize(("scale", "middle"), [((1, 7), 4), ((1, 5), 3), ((1, 10), 5.5)])
def test_easy_is_above_the_middle(scale: tuple[float, float], middle: float) -> None:
    assert easy_above(scale) == middle


def test_scores_outside_the_scale_are_named_with_how_many() -> None:
    with pytest.raises(ScoreOutsideScaleError) as caught:
        check_scores(np.array([5.0, 6, 0, 6]), np.array([100, 3, 1, 4]), (1, 5), "q1")
    assert caught.value.data["scores"] == {6.0: 7, 0.0: 1}
    assert "6 (7), 0 (1)" in caught.value.in_("en")
    assert "q1" in caught.value.in_("zh")


def test_many_bad_values_are_summed_up_not_listed() -> None:
    scores = np.arange(20, 40, dtype=float)
    with pytest.raises(ScoreOutsideScaleError, match="and 15 other values"):
        check_scores(scores, np.ones(20, dtype=np.int64), (0, 10))
