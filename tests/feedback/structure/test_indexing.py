"""The 0–100 index: the published example, other scales, negative weights, gaps, bad weights."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.errors import PeakendError
from peakend.feedback.structure.indexing import satisfaction_index


def test_the_published_example() -> None:
    assert satisfaction_index([8.2, 7.6, 7.0], [0.39, 0.32, 0.29]) == pytest.approx(74.0)
    assert satisfaction_index([8.2, 7.6, 7.0]) == pytest.approx(73.3333333)


def test_rows_and_scales() -> None:
    assert satisfaction_index([[1, 1], [5, 5], [3, 5]], [1, 1], scale=(1, 5)) == pytest.approx([0, 100, 75])
    assert satisfaction_index([5, 10], [1, 1], scale=[(1, 5), (0, 10)]) == pytest.approx(100)
    assert np.isnan(satisfaction_index([np.nan, 3], scale=(1, 5)))


def test_a_negative_weight_counts_from_the_top_so_that_the_index_stays_within_its_limits() -> None:
    assert satisfaction_index([[10, 1], [1, 10]], [0.8, -0.2]) == pytest.approx([100, 0])


@pytest.mark.parametrize(
    ("scores", "weights", "scale"),
    [
        ([1, 2], [1], (1, 10)),
        ([1, 2], [0, 0], (1, 10)),
        ([1, 2], [1, np.nan], (1, 10)),
        ([1, 2], None, (5, 5)),
        ([], None, (1, 5)),
    ],
)
def test_what_gives_no_index_is_refused(
    scores: list[float], weights: list[float] | None, scale: tuple[float, float]
) -> None:
    with pytest.raises(PeakendError) as refused:
        satisfaction_index(scores, weights, scale)
    assert refused.value.what.zh
