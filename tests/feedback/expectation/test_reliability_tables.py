"""The analysis of reliability: planted groups found, noise said to be noise, degenerate questions said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from peakend.declaration import Inputs
from peakend.feedback.expectation.analyses import RELIABILITY

Row = dict[str, Any]
Build = Callable[..., Inputs]


def tables(inputs_of: Build, scores: np.ndarray, dimensions: list[str | None]) -> dict[str, list[Row]]:
    """Two waves of the same answers; the first holds half of them."""
    n, size = scores.shape
    wave = ["1" if number < n // 2 else "2" for number in range(n)]
    inputs = inputs_of(
        surveys=[{"survey_id": w, "programme": "P", "wave": w} for w in "12"],
        questions=[
            {
                "question_id": f"q{place:02d}",
                "metric": "rating",
                "scale_low": 1.0,
                "scale_high": 5.0,
                "dimension": dimensions[place],
            }
            for place in range(size)
        ],
        responses=[{"response_id": f"r{i:05d}", "survey_id": wave[i]} for i in range(n)],
        answers=[
            {
                "response_id": f"r{i:05d}",
                "question_id": f"q{j:02d}",
                "state": "answered",
                "score": float(scores[i, j]),
            }
            for i in range(n)
            for j in range(size)
            if not np.isnan(scores[i, j])
        ],
    )
    return {name: table.to_pylist() for name, table in RELIABILITY.compute(inputs).items()}  # type: ignore[union-attr]


def planted(random: np.random.Generator, n: int = 1000) -> np.ndarray:
    """Three questions each of two things, and one that stands alone."""
    common = np.repeat(random.normal(0, 1, (n, 2)), 3, axis=1) * 0.85
    latent = np.column_stack([common + random.normal(0, 0.55, (n, 6)), random.normal(0, 1, n)])
    return np.clip(np.round(3 + latent), 1, 5)


def test_planted_groups_are_found_in_the_latest_period(inputs_of: Build) -> None:
    scores = planted(np.random.default_rng(51))
    found = tables(inputs_of, scores, ["a", "a", "a", "b", "b", "b", "b"])
    dimensions = {row["dimension"]: row for row in found["reliability_by_dimension"]}
    assert {row["period"] for row in dimensions.values()} == {"2"}
    assert (dimensions["a"]["n"], dimensions["a"]["items"], dimensions["a"]["reading"]) == (
        500,
        3,
        "holds_together",
    )
    assert dimensions["a"]["omega"] is not None
    items = {row["question_id"]: row for row in found["reliability_items"]}
    assert {q: row["lowers"] for q, row in items.items() if row["lowers"]} == {"q06": True}
    assert (items["q06"]["factor"], items["q06"]["reason"]) == (None, "stands_alone")
    groups = [{items[f"q{place:02d}"]["factor"] for place in range(start, start + 3)} for start in (0, 3)]
    assert groups in ([{1}, {2}], [{2}, {1}])
    assert sum(row["retained"] for row in found["factor_eigenvalues"]) == 2
    assert len(found["factor_loadings"]) == 14


def test_unrelated_ratings_have_no_common_factor(inputs_of: Build) -> None:
    random = np.random.default_rng(52)
    found = tables(inputs_of, random.integers(1, 6, (600, 4)).astype(float), [None] * 4)
    assert not any(row["retained"] for row in found["factor_eigenvalues"])
    assert {row["reason"] for row in found["reliability_items"]} == {"no_common_factor"}
    assert {row["factor"] for row in found["factor_loadings"]} == {0}
    (row,) = found["reliability_by_dimension"]
    assert (row["dimension"], row["reading"]) == ("not declared", "does_not")


def test_degenerate_questions_are_said(inputs_of: Build) -> None:
    random = np.random.default_rng(53)
    scores = np.column_stack([planted(random), np.full(1000, 4.0), np.full(1000, np.nan)])
    scores[:, 6] = np.nan
    scores[-20:, 6] = random.integers(1, 6, 20)
    scores = np.column_stack([scores, scores[:, 0]])
    dimensions: list[str | None] = ["a"] * 3 + ["b"] * 3 + ["few", "flat", "empty", "copy"]
    found = tables(inputs_of, scores, dimensions)
    items = {row["question_id"]: row for row in found["reliability_items"]}
    assert items["q06"]["reason"] == "too_few"
    assert items["q07"]["reason"] == "no_variation"
    assert "q08" not in items
    reasons = {row["dimension"]: row["reason"] for row in found["reliability_by_dimension"]}
    assert (reasons["few"], reasons["flat"], reasons["a"]) == ("one_question", "one_question", None)


def test_small_periods_are_hidden_and_one_question_is_none(inputs_of: Build) -> None:
    random = np.random.default_rng(54)
    assert (
        tables(inputs_of, random.integers(1, 6, (12, 3)).astype(float), ["a"] * 3)["reliability_by_dimension"]
        == []
    )
    alone = tables(inputs_of, random.integers(1, 6, (200, 1)).astype(float), ["a"])
    assert alone["reliability_items"] == []
    same = tables(inputs_of, np.full((200, 3), 4.0), ["a"] * 3)
    (row,) = same["reliability_by_dimension"]
    assert (row["alpha"], row["reason"]) == (None, "no_variation")
    assert same["factor_eigenvalues"] == []
