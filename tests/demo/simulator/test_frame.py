from __future__ import annotations

import numpy as np
import pytest

from peakend.demo.simulator.frame import Frame


def test_columns_have_one_length() -> None:
    with pytest.raises(ValueError, match="different lengths"):
        Frame({"a": np.arange(3), "b": np.arange(2)})
    frame = Frame({"a": np.arange(3)})
    with pytest.raises(ValueError, match="b has 2 rows, the frame 3"):
        frame["b"] = np.arange(2)


def test_rows_are_taken_and_followed_by_others() -> None:
    frame = Frame({"a": np.arange(3), "b": np.arange(3) * 10})
    both = frame.take(np.array([2, 0])).followed_by(frame.take(frame["a"] == 1))
    assert both["a"].tolist() == [2, 0, 1]
    assert both["b"].tolist() == [20, 0, 10]


def test_only_rows_with_the_same_columns_follow() -> None:
    with pytest.raises(ValueError, match="'b'"):
        Frame({"a": np.arange(2)}).followed_by(Frame({"a": np.arange(2), "b": np.arange(2)}))
