"""What a path model refuses, with a word in both languages: declarations, data, restless weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from feedback.structure.planted import factors, rows_of
from peakend.feedback.structure.errors import PathDataError, PathModelError, PathNotConvergedError
from peakend.feedback.structure.paths import PathModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

Named = dict[str, list[str]]
BLOCKS = {"X": ["x1", "x2"], "Y": ["y1", "y2"], "Z": ["z1"]}
PATHS = {"Y": ["X"], "Z": ["Y"]}
NAMES = [name for block in BLOCKS.values() for name in block]
INNER = np.array([[1, 0.5, 0.3], [0.5, 1, 0.6], [0.3, 0.6, 1]])


def data(n: int = 40) -> dict[str, Any]:
    return dict(rows_of(factors([[0.9, 0.8], [0.9, 0.8], [1]], INNER), n, np.random.default_rng(1), NAMES))


@pytest.mark.parametrize(
    ("blocks", "paths", "more", "said"),
    [
        ({}, {}, {}, "no block"),
        ({"X": ["x"], "Y": []}, {"Y": ["X"]}, {}, "no indicator: Y"),
        ({"X": ["x"]}, {}, {}, "two latents"),
        ({"X": ["x"], "Y": ["x"]}, {"Y": ["X"]}, {}, "twice: x"),
        ({"X": ["x"], "Y": ["y"]}, {"Y": ["W"]}, {}, "no block: W"),
        ({"X": ["x"], "Y": ["y"]}, {"W": ["X"]}, {}, "no block: W"),
        ({"X": ["x"], "Y": ["y"]}, {"Y": ["X"], "X": ["Y"]}, {}, "circle"),
        ({"X": ["x"], "Y": ["y"]}, {"Y": ["Y"]}, {}, "circle"),
        (BLOCKS, {"Y": ["X"]}, {}, "no path: Z"),
        (BLOCKS, PATHS, {"modes": {"X": "C"}}, "A or B"),
        (BLOCKS, PATHS, {"modes": {"W": "A"}}, "no block: W"),
        (BLOCKS, PATHS, {"scheme": "best"}, "scheme"),
        (BLOCKS, PATHS, {"anchors": {"X": "y1"}}, "y1 is no indicator of X"),
        (BLOCKS, PATHS, {"tolerance": 0}, "above 0"),
    ],
)
def test_a_model_that_cannot_be_is_refused(
    blocks: Named, paths: Named, more: dict[str, Any], said: str
) -> None:
    with pytest.raises(PathModelError, match=said) as refused:
        PathModel(blocks, paths, **more)
    assert refused.value.what.zh


@pytest.mark.parametrize(
    "text",
    [
        "blocks: [",
        "- a",
        "blocks: {X: [a]}",
        "{blocks: [X], paths: {}}",
        "{blocks: {}, paths: {}, colour: red}",
    ],
)
def test_a_declaration_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(PathModelError):
        PathModel.declared(text)


def changed(**columns: object) -> dict[str, Any]:
    return data() | columns


def with_gap() -> dict[str, Any]:
    """x1 and y1 are never answered by the same row."""
    given = data()
    half = np.arange(40) < 20
    return given | {"x1": np.where(half, given["x1"], np.nan), "y1": np.where(half, np.nan, given["y1"])}


@pytest.mark.parametrize(
    ("frame", "more", "said"),
    [
        ({k: v for k, v in data().items() if k != "z1"}, {}, "no column z1"),
        (data(5), {}, "5 rows with answers for 5 indicators"),
        (changed(x1=np.ones(40)), {}, "alike: x1"),
        ({name: np.ones(40) for name in NAMES}, {}, "alike: x1, x2"),
        (changed(x1=np.full(40, np.nan)), {}, "no answer: x1"),
        (changed(x1=["very good"] * 40), {}, "not all numbers"),
        (changed(x1=np.ones((40, 2))), {}, "not all numbers"),
        (changed(x1=np.full(40, np.inf)), {}, "not all numbers"),
        (changed(x1=np.ones(39)), {}, "differ in length"),
        (with_gap(), {}, "x1 × y1"),
        (data(), {"weights": [1, 2]}, "Weights"),
        (data(), {"weights": -np.ones(40)}, "Weights"),
        (data(), {"clusters": ["a"]}, "40 rows but 1 clusters"),
        (data(), {"scales": (0, 1)}, "outside the scale"),
        (data(), {"scales": {"x1": (0, 1)}}, "no scale: x2"),
        (data(), {"scales": (5, 5)}, "lowest and a highest"),
        (3.5, {}, "data frame"),
        (None, {}, "either data or"),
    ],
)
def test_data_that_cannot_carry_the_model_are_refused(
    frame: dict[str, Any], more: dict[str, Any], said: str
) -> None:
    with pytest.raises(PathDataError, match=said) as refused:
        PathModel(BLOCKS, PATHS).fit(frame, **more)
    assert refused.value.what.zh


def test_collinear_indicators_are_refused_in_mode_b_and_taken_in_mode_a() -> None:
    twins = changed(x2=2 * data()["x1"] + 1)
    with pytest.raises(PathDataError, match="X determine each other"):
        PathModel(BLOCKS, PATHS, modes={"X": "B"}).fit(twins)
    weights = PathModel(BLOCKS, PATHS).fit(twins).weights
    assert weights["x1"].value == pytest.approx(weights["x2"].value)


def test_causes_that_are_one_thing_are_refused() -> None:
    twins = changed(z1=data()["x1"])
    blocks = {"X": ["x1"], "Z": ["z1"], "Y": ["y1", "y2"]}
    with pytest.raises(PathDataError, match="causes of Y cannot be told apart: X, Z"):
        PathModel(blocks, {"Y": ["X", "Z"]}).fit(twins)


def test_weights_that_do_not_rest_give_no_number() -> None:
    with pytest.raises(PathNotConvergedError) as refused:
        PathModel(BLOCKS, PATHS, iterations=1).fit(data())
    assert refused.value.data["iterations"] == 1
    assert "收敛" in refused.value.what.zh


def test_draws_that_do_not_rest_are_counted_and_leave_no_interval() -> None:
    model = PathModel(BLOCKS, PATHS)
    needed = model.fit(data()).iterations
    result = PathModel(BLOCKS, PATHS, iterations=needed).fit(data(), bootstrap=80)
    assert result.failed_draws > 8
    assert result.draws + result.failed_draws == 80
    assert result.paths["X", "Y"].low is None
    assert result.paths["X", "Y"].value is not None


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        (np.eye(4), "5 × 5"),
        (np.full((5, 5), 0.5), "1 on its diagonal"),
        (np.eye(5) + np.eye(5, k=1) * 0.1, "symmetric"),
        ([["a"] * 5] * 5, "not all numbers"),
    ],
)
def test_what_is_no_correlation_matrix_is_refused(matrix: NDArray[np.float64], said: str) -> None:
    with pytest.raises(PathDataError, match=said):
        PathModel(BLOCKS, PATHS).fit(correlation=matrix)


def test_a_matrix_has_no_draws_and_needs_rows_behind_it() -> None:
    r = factors([[0.9, 0.8], [0.9, 0.8], [1]], INNER)
    with pytest.raises(PathDataError, match="no rows to draw"):
        PathModel(BLOCKS, PATHS).fit(correlation=r, bootstrap=10)
    with pytest.raises(PathDataError, match="3 rows"):
        PathModel(BLOCKS, PATHS).fit(correlation=r, n=3)
    with pytest.raises(PathDataError, match="lack these indicators: z1"):
        PathModel(BLOCKS, PATHS).fit(correlation=r, names=["x1", "x2", "y1", "y2", "q"])
