"""Path models: published numbers, identities with eigenvectors, planted truths and nulls, every way in."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pytest
from numpy.typing import NDArray

from feedback.structure.planted import by_hand, composites, factors, rows_of
from peakend.feedback import PathModel
from peakend.feedback.structure.estimates import estimates
from peakend.feedback.structure.moments import Moments, Sample
from peakend.feedback.structure.weights import Scheme, Search, search

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from peakend.feedback.structure.result import Estimate

Numbers = NDArray[np.float64]
BANK_PATHS = {
    "EXPE": ["IMAG"],
    "QUAL": ["EXPE"],
    "VAL": ["EXPE", "QUAL"],
    "SAT": ["IMAG", "EXPE", "QUAL", "VAL"],
    "LOY": ["IMAG", "SAT"],
}
THREE = {"X": ["x1", "x2", "x3"], "M": ["m1", "m2", "m3"], "Y": ["y1", "y2", "y3"]}
CHAIN = {"M": ["X"], "Y": ["X", "M"]}
NAMES = [name for block in THREE.values() for name in block]


def three(direct: float = 0.0, a: float = 0.5, b: float = 0.6) -> Numbers:
    """Correlations of X, M and Y with paths a, b and a direct one."""
    xy = direct + a * b
    my = b + a * direct
    return np.array([[1, a, xy], [a, 1, my], [xy, my, 1]])


def test_the_bank_example_is_reproduced_to_six_digits(private_data: Callable[[str], Path]) -> None:
    """plspm's `satisfaction`: centroid scheme, unscaled; it stops after four iterations."""
    table = pa.csv.read_csv(private_data("bank_satisfaction") / "plspm_satisfaction.csv")
    blocks = {
        name.upper(): [c for c in table.column_names if c.startswith(name)]
        for name in ("imag", "expe", "qual", "val", "sat", "loy")
    }
    model = PathModel(blocks, BANK_PATHS, scheme="centroid", standardised=False, tolerance=1e-4)
    result = model.fit(table)
    found = {cause: round(result.paths[cause, "SAT"].value or 0, 6) for cause in BANK_PATHS["SAT"]}
    assert found == {"IMAG": 0.200724, "EXPE": -0.002754, "QUAL": 0.122145, "VAL": 0.589331}
    assert {k: round(result.r2[k].value or 0, 6) for k in ("SAT", "LOY", "QUAL")} == {
        "SAT": 0.707321,
        "LOY": 0.509923,
        "QUAL": 0.719688,
    }
    assert round(result.gof.value or 0, 6) == 0.609742
    settled = PathModel(blocks, BANK_PATHS, scheme="centroid", standardised=False).fit(table)
    assert settled.paths["QUAL", "SAT"].value == pytest.approx(0.122145, abs=1e-6)


def two_blocks(seed: int = 3) -> tuple[dict[str, list[str]], Numbers]:
    random = np.random.default_rng(seed)
    data = random.standard_normal((60, 7)) @ random.standard_normal((7, 7))
    return {"X": ["a", "b", "c", "d"], "Y": ["e", "f", "g"]}, np.corrcoef(data.T)


@pytest.mark.parametrize("scheme", ["centroid", "factorial", "path"])
def test_two_blocks_in_mode_a_are_the_first_singular_vectors(scheme: Scheme) -> None:
    """Tucker's inter-battery analysis (1958): both weight vectors come from one SVD."""
    blocks, r = two_blocks()
    result = PathModel(blocks, {"Y": ["X"]}, scheme=scheme).fit(correlation=r)
    left, _, right = np.linalg.svd(r[:4, 4:])
    for names, vector in ((blocks["X"], left[:, 0]), (blocks["Y"], right[0])):
        found = np.array([result.weights[name].value for name in names])
        assert abs(found @ vector) / np.linalg.norm(found) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("scheme", ["centroid", "factorial", "path"])
def test_two_blocks_in_mode_b_are_the_first_canonical_correlation(scheme: Scheme) -> None:
    blocks, r = two_blocks()
    result = PathModel(blocks, {"Y": ["X"]}, modes="B", scheme=scheme).fit(correlation=r)
    halves = [np.linalg.cholesky(part) for part in (r[:4, :4], r[4:, 4:])]
    core = np.linalg.solve(halves[0], r[:4, 4:]) @ np.linalg.inv(halves[1]).T
    canonical = np.linalg.svd(core)[1][0]
    assert abs(result.paths["X", "Y"].value or 0) == pytest.approx(canonical, abs=1e-9)
    assert result.r2["Y"].value == pytest.approx(canonical**2, abs=1e-9)


@pytest.mark.parametrize("scheme", ["centroid", "factorial", "path"])
@pytest.mark.parametrize("modes", ["AAA", "BBB", "ABA"])
def test_the_matrix_form_is_the_textbook_algorithm_on_rows(scheme: Scheme, modes: str) -> None:
    random = np.random.default_rng(11)
    data = rows_of(factors([[0.8, 0.7, 0.6]] * 3, three(0.2)), 150, random, NAMES)
    mode = dict(zip(THREE, modes, strict=True))
    weights, paths = by_hand(data, THREE, CHAIN, mode, scheme)
    result = PathModel(THREE, CHAIN, modes=mode, scheme=scheme).fit(data)  # type: ignore[arg-type]
    for name, listed in THREE.items():
        assert [result.weights[i].value for i in listed] == pytest.approx(weights[name], abs=1e-8)
    assert {key: found.value for key, found in result.paths.items()} == pytest.approx(paths, abs=1e-8)


def test_effects_add_up() -> None:
    result = PathModel(THREE, CHAIN).fit(correlation=factors([[0.9, 0.8, 0.7]] * 3, three(0.2)), n=500)
    direct, indirect, total = (
        getattr(result, name)["X", "Y"].value for name in ("paths", "indirect", "total")
    )
    assert indirect == pytest.approx(result.paths["X", "M"].value * result.paths["M", "Y"].value)  # type: ignore[operator]
    assert total == pytest.approx(direct + indirect)
    assert total == pytest.approx(result.correlations["X", "Y"].value)


def test_what_is_planted_in_composites_is_found_exactly_in_the_population() -> None:
    r, weights = composites([[0.6, 0.3, 0.4], [0.2, 0.5, 0.6], [0.5, 0.5, 0.1]], 0.3, three(0.25))
    result = PathModel(THREE, CHAIN, modes="B").fit(correlation=r, names=NAMES)
    for listed, planted in zip(THREE.values(), weights, strict=True):
        assert [result.weights[name].value for name in listed] == pytest.approx(planted, abs=1e-7)
    found = {key: estimate.value for key, estimate in result.paths.items()}
    assert found == pytest.approx({("X", "M"): 0.5, ("X", "Y"): 0.25, ("M", "Y"): 0.6}, abs=1e-7)


def test_plain_paths_are_attenuated_and_consistent_ones_are_not() -> None:
    """Dijkstra & Henseler 2015: in the population PLSc gives the paths among factors, PLS smaller ones."""
    r = factors([[0.8, 0.7, 0.6]] * 3, three(0.25))
    plain = PathModel(THREE, CHAIN).fit(correlation=r)
    consistent = PathModel(THREE, CHAIN, consistent=True).fit(correlation=r)
    assert {k: e.value for k, e in consistent.paths.items()} == pytest.approx(
        {("X", "M"): 0.5, ("X", "Y"): 0.25, ("M", "Y"): 0.6}, abs=1e-7
    )
    assert (plain.paths["M", "Y"].value or 0) < 0.5
    # A mediator measured with error leaves a direct path where there is none.
    none = PathModel(THREE, CHAIN).fit(correlation=factors([[0.8, 0.7, 0.6]] * 3, three(0.0)))
    assert (none.paths["X", "Y"].value or 0) > 0.05


def test_reliability_by_its_formulas() -> None:
    """Loadings of one composite by hand: equal correlations r give loadings √((1 + (k−1)r)/k)."""
    r = factors([[0.8, 0.8, 0.8], [0.7, 0.7]], np.array([[1, 0.5], [0.5, 1]]))
    result = PathModel({"X": ["a", "b", "c"], "Y": ["d", "e"]}, {"Y": ["X"]}).fit(correlation=r)
    squared = (1 + 2 * 0.64) / 3
    assert result.ave["X"].value == pytest.approx(squared)
    assert result.communalities["a"].value == pytest.approx(squared)
    assert result.rho_c["X"].value == pytest.approx(9 * squared / (9 * squared + 3 * (1 - squared)))
    # Equal weights: ρ_A is Cronbach's α, 3 · .64 / (1 + 2 · .64).
    assert result.rho_a["X"].value == pytest.approx(3 * 0.64 / (1 + 2 * 0.64))
    assert result.htmt["X", "Y"].value == pytest.approx(0.5)
    assert result.cross_loadings["a", "X"].value == result.loadings["a"].value


def test_the_index_is_the_weighted_mean_on_the_scale() -> None:
    random = np.random.default_rng(5)
    data = rows_of(factors([[0.9, 0.8, 0.7]] * 3, three()), 300, random, NAMES)
    answers = {name: np.clip(np.round(7 + 1.5 * column), 1, 10) for name, column in data.items()}
    result = PathModel(THREE, CHAIN).fit(answers, scales=(1, 10), bootstrap=50)
    w = np.array([(result.weights[name].value or 0) / answers[name].std() for name in THREE["M"]])
    means = np.array([answers[name].mean() for name in THREE["M"]])
    assert result.index["M"].value == pytest.approx(w @ (means - 1) / (9 * w.sum()) * 100)
    assert result.index_scores is not None
    assert result.index_scores[:, 1].mean() == pytest.approx(result.index["M"].value)
    # A regression of index scores on index scores has the slope that is given.
    slope = np.polyfit(result.index_scores[:, 0], result.index_scores[:, 1], 1)[0]
    assert result.slopes["X", "M"].value == pytest.approx(slope)
    assert result.scores is not None
    assert result.scores.std(axis=0) == pytest.approx(1)
    assert result.scores.mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert (result.index["M"].low or 0) < (result.index["M"].value or 0) < (result.index["M"].high or 0)


def test_every_frame_and_a_matrix_give_the_same() -> None:
    data = rows_of(factors([[0.9, 0.8, 0.7]] * 3, three()), 80, np.random.default_rng(1), NAMES)
    model = PathModel(THREE, CHAIN)
    expected = model.fit(data).paths
    frames: list[Any] = [
        {name: column.tolist() for name, column in data.items()},
        pd.DataFrame(data),
        pd.DataFrame(data).astype("Float64"),
        pl.DataFrame(data),
        pa.table(data),
    ]
    for frame in frames:
        assert model.fit(frame).paths == expected
    r = np.corrcoef(np.array(list(data.values())))
    from_matrix = model.fit(correlation=pd.DataFrame(r), names=NAMES, n=80).paths
    for key, estimate in expected.items():
        assert from_matrix[key].value == pytest.approx(estimate.value, abs=1e-9)
    shuffled = [NAMES[i] for i in (4, 0, 8, 1, 7, 2, 6, 3, 5)]
    places = [NAMES.index(name) for name in shuffled]
    again = model.fit(correlation=r[np.ix_(places, places)], names=shuffled)
    assert again.paths["X", "M"].value == pytest.approx(expected["X", "M"].value, abs=1e-9)


def test_a_declaration_in_yaml_is_the_same_model(tmp_path: Path) -> None:
    text = """
    blocks: {X: [x1, x2, x3], M: [m1, m2, m3], Y: [y1, y2, y3]}
    paths: {M: [X], Y: [X, M]}
    modes: {X: B}
    scheme: factorial
    """
    (tmp_path / "model.yaml").write_text(text, "utf-8")
    r = factors([[0.9, 0.8, 0.7]] * 3, three(0.1))
    expected = PathModel(THREE, CHAIN, modes={"X": "B"}, scheme="factorial").fit(correlation=r).paths
    assert PathModel.declared(text).fit(correlation=r).paths == expected
    assert PathModel.declared(tmp_path / "model.yaml").fit(correlation=r).paths == expected


def test_a_weight_of_two_is_two_rows() -> None:
    data = rows_of(factors([[0.9, 0.8, 0.7]] * 3, three()), 90, np.random.default_rng(2), NAMES)
    weights = np.random.default_rng(3).integers(0, 4, 90)
    twice = {name: np.repeat(column, weights) for name, column in data.items()}
    model = PathModel(THREE, CHAIN)
    for key, estimate in model.fit(data, weights=weights).total.items():
        assert estimate.value == pytest.approx(model.fit(twice).total[key].value, abs=1e-9)


def test_an_anchor_sets_the_sign() -> None:
    r = factors([[0.9, -0.8, 0.7]] + [[0.8, 0.8, 0.8]] * 2, three())
    plain = PathModel(THREE, CHAIN).fit(correlation=r)
    turned = PathModel(THREE, CHAIN, anchors={"X": "x2"}).fit(correlation=r)
    assert (plain.loadings["x1"].value or 0) > 0 > (turned.loadings["x1"].value or 0)
    assert turned.paths["X", "M"].value == pytest.approx(-(plain.paths["X", "M"].value or 0))


def test_missing_answers_are_bridged_and_said() -> None:
    random = np.random.default_rng(8)
    data = rows_of(factors([[0.9, 0.8, 0.7]] * 3, three(0.2)), 4000, random, NAMES)
    holes = {name: np.where(random.random(4000) < 0.3, np.nan, column) for name, column in data.items()}
    model = PathModel(THREE, CHAIN)
    whole, pierced = model.fit(data), model.fit(holes, bootstrap=100)
    assert pierced.missing == pytest.approx(0.3, abs=0.01)
    for key, estimate in whole.paths.items():
        found = pierced.paths[key]
        assert found.value == pytest.approx(estimate.value, abs=0.05)
        assert (found.low or 0) < (found.value or 0) < (found.high or 0)
    assert pierced.scores is not None
    assert 0 < np.isnan(pierced.scores).mean() < 0.3


def test_clusters_are_drawn_whole_and_widen_the_interval() -> None:
    random = np.random.default_rng(4)
    data = rows_of(factors([[0.9, 0.8, 0.7]] * 3, three()), 40, random, NAMES)
    copied = {name: np.repeat(column, 10) for name, column in data.items()}
    model = PathModel(THREE, CHAIN)
    narrow = model.fit(copied, bootstrap=200).paths["X", "M"]
    wide = model.fit(copied, clusters=np.repeat(np.arange(40), 10), bootstrap=200).paths["X", "M"]
    alone = model.fit(data, bootstrap=200).paths["X", "M"]

    def reach(estimate: Estimate) -> float:
        return float((estimate.high or 0) - (estimate.low or 0))

    assert reach(wide) > 2 * reach(narrow)
    # Ten copies of a row in one cluster are that row: the same draws, the same interval.
    assert reach(wide) == pytest.approx(reach(alone), abs=1e-9)


def test_the_same_seed_gives_the_same_intervals() -> None:
    data = rows_of(factors([[0.9, 0.8, 0.7]] * 3, three()), 60, np.random.default_rng(9), NAMES)
    model = PathModel(THREE, CHAIN)
    assert model.fit(data, bootstrap=60, seed=3).paths == model.fit(data, bootstrap=60, seed=3).paths
    assert model.fit(data, bootstrap=60, seed=3).paths != model.fit(data, bootstrap=60, seed=4).paths


def intervals_of(r: Numbers, simulations: int, n: int = 150, draws: int = 199) -> dict[Any, Numbers]:
    """(simulations, 2) ends of every path's interval, two indicators a block; all draws searched at once."""
    random = np.random.default_rng(20)
    blocks = {"X": ["x1", "x2"], "M": ["m1", "m2"], "Y": ["y1", "y2"]}
    model = PathModel(blocks, CHAIN)
    data = random.standard_normal((simulations, n, 6)) @ np.linalg.cholesky(r).T
    each = [Sample(rows, np.ones(n), np.arange(n)).drawn(draws, seed) for seed, rows in enumerate(data)]
    moments = Moments(*(np.concatenate([getattr(m, f.name) for m in each]) for f in fields(Moments)))
    found = search(moments.covariances, model.layout, Search("centroid", 1e-7))
    assert found.converged.all()
    paths = estimates(found.weights, moments.means, moments.covariances, model.layout, None, False).paths
    ends = np.quantile(paths.reshape(simulations, draws, 3, 3), (0.025, 0.975), axis=1)
    return {(a, b): ends[:, :, i, j].T for i, a in enumerate(blocks) for j, b in enumerate(blocks)}


def test_a_path_that_is_not_there_is_found_no_oftener_than_stated_and_one_that_is_there_is_covered() -> None:
    """500 simulations: X → M and M → Y planted, X → Y none; at 95 % within four standard errors."""
    r, _ = composites([[1, 1], [1, 1], [1, 1]], 0.4, three(0.0, 0.4, 0.5))
    ends = intervals_of(r, 500)
    room = 4 * np.sqrt(0.05 * 0.95 / 500)
    null = ends["X", "Y"]
    false_alarms = ((null[:, 0] > 0) | (null[:, 1] < 0)).mean()
    assert abs(false_alarms - 0.05) < room
    for key, planted in ((("X", "M"), 0.4), (("M", "Y"), 0.5)):
        missed = ((ends[key][:, 0] > planted) | (ends[key][:, 1] < planted)).mean()
        assert abs(missed - 0.05) < room
        assert (ends[key][:, 0] > 0).mean() > 0.95
