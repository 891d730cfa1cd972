"""Cues, dimensions and the whole: planted weights of both layers, and the test that nothing passes by."""

from __future__ import annotations

import numpy as np
import pytest

from feedback.drivers.ratings import without
from peakend.feedback.drivers.errors import DriverInputError
from peakend.feedback.drivers.layers import layers

DIMENSIONS = ["place", "place", "people", "people", "people"]


def cues(random: np.random.Generator, rows: int) -> np.ndarray:
    """Five cues; those of a dimension go together."""
    moods = random.standard_normal((rows, 2))[:, [0, 0, 1, 1, 1]]
    return 0.8 * moods + 0.6 * random.standard_normal((rows, 5)) + 0.3 * random.standard_normal((rows, 1))


def test_planted_weights_of_both_layers_come_back() -> None:
    random = np.random.default_rng(1)
    x = cues(random, 6000)
    place, people = x[:, :2].mean(axis=1), x[:, 2:].mean(axis=1)
    y = 1.0 * place + 0.3 * people + 0.6 * random.standard_normal(6000)
    found = layers(without(x, random, 0.15), y, DIMENSIONS)
    assert found.dimensions == ("place", "people")
    assert found.dimension_share[0] > 0.75
    assert found.dimension_low[0] < found.dimension_share[0] < found.dimension_high[0]
    assert found.cue_share[:2] == pytest.approx([0.5, 0.5], abs=0.1)
    assert found.cue_share[2:] == pytest.approx([1 / 3] * 3, abs=0.15)
    assert found.weight.sum() == pytest.approx(1)
    assert found.weight[0] > found.weight[2]


def test_a_cue_that_carries_its_dimension_is_found_and_the_shortcut_told() -> None:
    random = np.random.default_rng(2)
    x = cues(random, 3000)
    y = 0.8 * x[:, 0] + 0.2 * x[:, 3] + random.standard_normal(3000)
    found = layers(x, y, DIMENSIONS, bootstrap=0)
    assert found.cue_share[0] > 0.7
    assert found.past_p < 0.001
    assert np.isnan(found.dimension_low).all()


def test_where_dimensions_carry_all_the_test_errs_as_stated() -> None:
    random = np.random.default_rng(3)
    false = []
    for _ in range(500):
        x = cues(random, 150)
        y = x[:, :2].mean(axis=1) + 0.5 * x[:, 2:].mean(axis=1) + random.standard_normal(150)
        found = layers(x, y, DIMENSIONS, method="johnson", bootstrap=0)
        false.append(found.past_p <= 0.05)
    assert np.mean(false) < 0.08


def test_one_dimension_is_no_layer() -> None:
    random = np.random.default_rng(4)
    x = cues(random, 60)
    with pytest.raises(DriverInputError):
        layers(x, x.sum(axis=1), ["all"] * 5)
    with pytest.raises(DriverInputError):
        layers(x, x.sum(axis=1), ["a", "b"])
