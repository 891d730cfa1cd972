"""`relative_importance`: what it takes, what it gives, what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from feedback.drivers.published import ATTITUDE, MTCARS
from peakend.feedback import relative_importance
from peakend.feedback.drivers.covariance import pattern_moments, select
from peakend.feedback.drivers.errors import (
    DriverInputError,
    NeverTogetherError,
    NotACorrelationError,
    NothingVariesError,
    TooFewAnswersError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.errors import PeakendError

NAMES = ["cyl", "disp", "hp", "wt"]
PUBLISHED = [0.215709, 0.200698, 0.170077, 0.262150]


def cars() -> tuple[np.ndarray, np.ndarray]:
    return MTCARS[:, 1:].copy(), MTCARS[:, 0].copy()


FRAMES: dict[str, Callable[[], tuple[Any, Any]]] = {
    "matrix": cars,
    "lists": lambda: (cars()[0].tolist(), cars()[1].tolist()),
    "pandas": lambda: (pd.DataFrame(cars()[0], columns=NAMES), pd.Series(cars()[1])),
    "pandas with an index": lambda: (
        pd.DataFrame(cars()[0], columns=NAMES, index=[f"car {i}" for i in range(32)]),
        pd.Series(cars()[1], dtype="Float64"),
    ),
    "polars": lambda: (pl.DataFrame(cars()[0], schema=NAMES), pl.Series(cars()[1])),
    "arrow": lambda: (pa.table(cars()[0].T.tolist(), names=NAMES), pa.array(cars()[1])),
    "columns": lambda: (dict(zip(NAMES, cars()[0].T, strict=True)), cars()[1]),
    "named outcome": lambda: (pl.DataFrame(MTCARS, schema=["mpg", *NAMES]), "mpg"),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_every_kind_of_frame_gives_the_same(kind: str) -> None:
    x, y = FRAMES[kind]()
    found = relative_importance(x, y)
    assert found.importances == pytest.approx(PUBLISHED, abs=5e-7)
    assert found.r2 == pytest.approx(0.848635, abs=5e-7)
    assert found.names == (("x1", "x2", "x3", "x4") if kind in ("matrix", "lists") else tuple(NAMES))
    assert (found.n, found.complete, found.effective_n) == (32, 32, pytest.approx(32))
    assert sum(driver.share or 0 for driver in found.drivers) == pytest.approx(1)


def test_answers_correlations_and_moments_agree() -> None:
    x, y = cars()
    rows = relative_importance(x, y, names=NAMES)
    by_correlation = relative_importance(correlation=np.corrcoef(x.T, y), names=NAMES)
    by_moments = relative_importance(moments=pattern_moments(np.column_stack([x, y])), names=NAMES)
    assert by_correlation.importances == pytest.approx(rows.importances, abs=1e-9)
    assert by_moments.importances == pytest.approx(rows.importances, abs=1e-9)
    assert (by_moments.n, by_correlation.n) == (32, None)
    frame = pd.DataFrame(np.corrcoef(x.T, y), columns=[*NAMES, "mpg"], index=[*NAMES, "mpg"])
    assert relative_importance(correlation=frame)["wt"].share == pytest.approx(rows["wt"].share)


def test_the_table_has_a_row_a_driver() -> None:
    table = relative_importance(*cars(), names=NAMES, bootstrap=50).to_arrow()
    assert table.column_names == ["name", "share", "low", "high", "importance", "noise"]
    rows = table.to_pylist()
    assert [row["name"] for row in rows] == NAMES
    assert all(0 < row["low"] < row["share"] < row["high"] < 1 for row in rows)
    with pytest.raises(KeyError):
        relative_importance(*cars())["mpg"]


def test_the_same_seed_gives_the_same_interval() -> None:
    one, again = (relative_importance(*cars(), bootstrap=50) for _ in range(2))
    other = relative_importance(*cars(), bootstrap=50, seed=3)
    assert one == again
    assert one.drivers[0].low != other.drivers[0].low
    assert one.r2_low is not None
    assert one.r2_high is not None
    assert one.r2_low < one.r2 < one.r2_high


def test_johnsons_weights_stand_beside() -> None:
    found = relative_importance(*cars(), method="johnson")
    shares = [100 * (driver.share or 0) for driver in found.drivers]
    assert shares == pytest.approx([24.709, 22.189, 21.206, 31.896], abs=5e-4)


def test_a_weight_of_two_is_two_respondents() -> None:
    x, y = ATTITUDE[:, 1:], ATTITUDE[:, 0]
    rows = np.r_[np.arange(15), np.arange(30)]
    weights = np.r_[np.full(15, 2.0), np.ones(15)]
    weighted = relative_importance(x, y, weights=weights)
    assert weighted.importances == pytest.approx(relative_importance(x[rows], y[rows]).importances)
    assert (weighted.n, weighted.effective_n) == (30, pytest.approx(45**2 / 75))
    assert relative_importance(x, y, weights=weights * 7).importances == pytest.approx(weighted.importances)
    # A weight of 0 is nobody.
    none = np.r_[np.zeros(10), np.ones(20)]
    assert relative_importance(x, y, weights=none).importances == pytest.approx(
        relative_importance(x[10:], y[10:]).importances
    )


def test_skipped_answers_count_with_what_was_answered() -> None:
    x, y = ATTITUDE[:, 1:4].copy(), ATTITUDE[:, 0].copy()
    x[:6, 0], x[3:9, 2], y[20:22] = np.nan, np.nan, np.nan
    values = np.column_stack([x, y])
    found = relative_importance(x, y)
    assert (found.missing, found.n, found.complete) == ("em", 30, 19)
    assert "11 of 30" in found.notes[0].en
    assert found.importances == pytest.approx(
        relative_importance(moments=pattern_moments(values)).importances, abs=1e-8
    )
    only = relative_importance(x, y, missing="complete")
    kept = ~np.isnan(values).any(axis=1)
    assert (only.missing, only.n) == ("complete", 19)
    assert only.importances == pytest.approx(relative_importance(x[kept], y[kept]).importances)
    by_moments = relative_importance(moments=pattern_moments(values), missing="complete")
    assert by_moments.importances == pytest.approx(only.importances)


def test_moments_in_another_order_of_questions() -> None:
    values = np.column_stack(cars())
    moments = select(pattern_moments(values), [3, 0, 4])
    assert relative_importance(moments=moments, names=["wt", "cyl"]).importances == pytest.approx(
        relative_importance(values[:, [3, 0]], values[:, 4]).importances
    )


def test_drivers_nothing_can_be_said_of_are_left_out_and_named() -> None:
    x, y = cars()
    more = np.column_stack([x, np.full(32, 5.0), np.full(32, np.nan)])
    found = relative_importance(more, y, names=[*NAMES, "same", "empty"])
    assert [(one.name, one.reason) for one in found.left_out] == [
        ("same", "no_variance"),
        ("empty", "no_answers"),
    ]
    assert found.importances == pytest.approx(PUBLISHED, abs=5e-7)
    assert found.notes[0].en == "Left out: same (all alike); empty (nobody answered)."
    assert found.notes[0].zh == "未计入：same（答案全部相同）；empty（无人作答）。"
    moments = pattern_moments(np.column_stack([more, y]))
    assert relative_importance(moments=moments, names=[*NAMES, "same", "empty"]).left_out == found.left_out


def test_collinear_drivers_are_named_and_share() -> None:
    x, y = cars()
    found = relative_importance(
        np.column_stack([x, x[:, 0] * 2 + 1]), y, names=[*NAMES, "cyl again"], bootstrap=50
    )
    assert found.collinear == (("cyl", "cyl again"),)
    assert "cyl, cyl again" in found.notes[0].en
    assert found["cyl"].share == pytest.approx(found["cyl again"].share)
    assert found["cyl"].low == pytest.approx(found["cyl again"].low)
    assert found.r2 == pytest.approx(0.848635, abs=5e-7)


def test_drivers_that_explain_nothing_share_nothing() -> None:
    found = relative_importance(correlation=np.eye(4))
    assert (found.r2, [driver.share for driver in found.drivers]) == (0, [None] * 3)
    assert "nothing to share" in found.notes[0].en


X = MTCARS[:, 1:]
Y = MTCARS[:, 0]
GAP = np.where(np.arange(32)[:, None] < 16, [[1.0, np.nan]], [[np.nan, 1.0]]) * X[:, :2]
NOT_PSD = [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]

REFUSED: dict[str, tuple[dict[str, Any], type[PeakendError], str, str]] = {
    "outcome all alike": ({"X": X, "y": np.ones(32)}, NothingVariesError, "only equal answers", "全部相同"),
    "outcome empty": ({"X": X, "y": [None] * 32}, NothingVariesError, "has no answers", "没有答案"),
    "all drivers alike": ({"X": np.ones((32, 2)), "y": Y}, NothingVariesError, "Every driver", "每个驱动项"),
    "all drivers empty": ({"X": X * np.nan, "y": Y}, NothingVariesError, "Every driver", "都没有答案"),
    "fewer rows than drivers": ({"X": X[:4], "y": Y[:4]}, TooFewAnswersError, "fewer than 6", "不足 6 位"),
    "nobody": ({"X": X[:0], "y": Y[:0]}, TooFewAnswersError, "0 respondents", "0 位"),
    "too few complete": (
        {"X": GAP, "y": Y, "missing": "complete"},
        TooFewAnswersError,
        "missing='em'",
        "missing='em'",
    ),
    "never together": ({"X": GAP, "y": Y, "names": ["a", "b"]}, NeverTogetherError, "b \\+ a", "b \\+ a"),
    "infinite": ({"X": X, "y": np.r_[np.inf, Y[1:]]}, DriverInputError, "infinite", "无穷大"),
    "lengths": ({"X": X, "y": Y[:30]}, DriverInputError, "32 respondents but 30", "32 位"),
    "weights' length": (
        {"X": X, "y": Y, "weights": [1.0]},
        DriverInputError,
        "1 weights",
        "权重却有 1 个",
    ),
    "weights negative": (
        {"X": X, "y": Y, "weights": -np.ones(32)},
        DriverInputError,
        "32 weights",
        "32 个权重",
    ),
    "weights zero": ({"X": X, "y": Y, "weights": np.zeros(32)}, DriverInputError, "zero", "全部权重为零"),
    "clusters' length": ({"X": X, "y": Y, "clusters": [1]}, DriverInputError, "1 clusters", "抽样群"),
    "one cluster": (
        {"X": X, "y": Y, "clusters": [1] * 32, "bootstrap": 50},
        TooFewAnswersError,
        "one cluster",
        "同属一个抽样群",
    ),
    "names twice": (
        {"X": X, "y": Y, "names": ["a", "a", "b", "c"]},
        DriverInputError,
        "more than one",
        "不止一个",
    ),
    "names too few": ({"X": X, "y": Y, "names": ["a"]}, DriverInputError, "4 drivers but 1", "名称却有 1 个"),
    "words": ({"X": {"a": ["good", "bad"]}, "y": [1, 2]}, DriverInputError, "not all numbers", "非数值"),
    "no drivers": ({"X": X[:, :0], "y": Y}, DriverInputError, "no drivers", "没有驱动项"),
    "one list": ({"X": Y, "y": Y}, DriverInputError, "1 dimensions", "1 维"),
    "no such column": (
        {"X": pd.DataFrame(X, columns=NAMES), "y": "mpg"},
        DriverInputError,
        "'mpg'",
        "没有列",
    ),
    "nothing given": ({}, DriverInputError, "exactly one", "只给一种"),
    "no outcome": ({"X": X}, DriverInputError, "exactly one", "只给一种"),
    "two kinds": ({"X": X, "y": Y, "correlation": np.eye(3)}, DriverInputError, "exactly one", "只给一种"),
    "no such method": ({"X": X, "y": Y, "method": "shap"}, DriverInputError, "shap", "没有这样的选项"),
    "few draws": ({"X": X, "y": Y, "bootstrap": 5}, DriverInputError, "at least 20", "至少需要 20"),
    "draws of correlations": (
        {"correlation": np.eye(3), "bootstrap": 100},
        DriverInputError,
        "answers themselves",
        "答案本身",
    ),
    "not definite": ({"correlation": NOT_PSD}, NotACorrelationError, "positive semi-definite", "半正定"),
    "not symmetric": (
        {"correlation": [[1, 0.1], [0.2, 1]]},
        NotACorrelationError,
        "not symmetric",
        "不对称",
    ),
    "not square": ({"correlation": np.ones((2, 3))}, NotACorrelationError, "2 rows and 3", "2 行 3 列"),
    "a covariance": ({"correlation": [[2, 1], [1, 3]]}, NotACorrelationError, "diagonal", "对角线"),
    "gaps": ({"correlation": [[1, np.nan], [np.nan, 1]]}, NotACorrelationError, "missing", "缺失"),
    "no moments": ({"moments": []}, TooFewAnswersError, "0 respondents", "0 位"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_answered_is_refused_in_both_languages(case: str) -> None:
    given, kind, english, chinese = REFUSED[case]
    with pytest.raises(kind, match=english) as caught:
        relative_importance(**given)
    assert chinese.replace("\\", "") in caught.value.in_("zh")
    assert caught.value.do is not None


def test_pairs_without_draws_are_refused() -> None:
    with pytest.raises(DriverInputError, match="bootstrap=1000"):
        relative_importance(*cars()).pairs()
