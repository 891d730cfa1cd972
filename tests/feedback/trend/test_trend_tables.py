"""Series of published scores become trends; hidden periods stay hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from peakend.declaration import Inputs
from peakend.feedback.score_tables import score_tables
from peakend.feedback.trend.trend_tables import score_trends

if TYPE_CHECKING:
    from collections.abc import Callable


def trends(
    inputs_of: Callable[..., Inputs], means: list[float], sizes: list[int] | None = None
) -> list[dict[str, Any]]:
    """The trends of one rating with these means, one yearly wave each."""
    random = np.random.default_rng(8)
    sizes = sizes or [300] * len(means)
    rows: dict[str, list[dict[str, Any]]] = {"surveys": [], "responses": [], "answers": []}
    for wave, (mean, size) in enumerate(zip(means, sizes, strict=True)):
        year = str(2010 + wave)
        rows["surveys"].append({"survey_id": year, "programme": "p", "wave": year})
        for n in range(size):
            name = f"{year}-{n:03}"
            rows["responses"].append({"response_id": name, "survey_id": year})
            score = float(np.clip(np.rint(random.normal(mean, 0.8)), 1, 5))
            rows["answers"].append(
                {"response_id": name, "question_id": "q", "state": "answered", "score": score}
            )
    inputs = inputs_of(
        questions=[{"question_id": "q", "metric": "rating", "scale_low": 1, "scale_high": 5}], **rows
    )
    tables = {name: inputs.engine.from_arrow(table) for name, table in score_tables(inputs).items()}  # type: ignore[arg-type]
    found: list[dict[str, Any]] = score_trends(Inputs(inputs.engine, tables, inputs.settings))[
        "score_trends"
    ].to_pylist()  # type: ignore[union-attr]
    return found


def test_a_slow_slide_over_eight_waves_is_found_though_no_step_is(inputs_of: Callable[..., Inputs]) -> None:
    (row,) = trends(inputs_of, [4.0 - 0.04 * wave for wave in range(8)])
    assert row["verdict"] == "falling"
    assert (row["periods"], row["time_unit"], row["first_period"], row["last_period"]) == (
        8,
        "year",
        "2010",
        "2017",
    )
    assert row["slope_low"] < -0.04 < row["slope_high"]
    assert row["change"] == pytest.approx(7 * row["slope"])
    # A step of .04 is far below what 300 answers a wave can show.
    assert row["detectable"] > 0.15


def test_a_last_wave_out_of_line_is_named(inputs_of: Callable[..., Inputs]) -> None:
    (row,) = trends(inputs_of, [4.0] * 7 + [3.4])
    assert row["standing"] == "below"
    assert row["last_value"] < row["expected_low"]


def test_steady_scores_are_usual(inputs_of: Callable[..., Inputs]) -> None:
    (row,) = trends(inputs_of, [4.0] * 8)
    assert (row["verdict"], row["standing"]) == ("cannot_tell", "usual")


def test_three_waves_are_too_few_and_a_hidden_one_does_not_count(inputs_of: Callable[..., Inputs]) -> None:
    (row,) = trends(inputs_of, [4.0] * 4, [300, 300, 300, 5])
    assert (row["periods"], row["verdict"], row["slope"]) == (3, "too_few_periods", None)
    assert row["last_period"] == "2012"


def test_one_wave_is_no_series(inputs_of: Callable[..., Inputs]) -> None:
    assert trends(inputs_of, [4.0]) == []
