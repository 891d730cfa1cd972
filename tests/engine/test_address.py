from __future__ import annotations

import pytest

from peakend.engine import ConnectionFailedError
from peakend.engine.address import flag, split


@pytest.mark.parametrize(
    ("url", "place", "options"),
    [
        ("duckdb:///a.duckdb", "duckdb:///a.duckdb", {}),
        ("duckdb:///a%20b c?.duckdb", "duckdb:///a%20b c?.duckdb", {}),
        ("duckdb:///a.duckdb?threads=2&memory=1GB", "duckdb:///a.duckdb", {"threads": "2", "memory": "1GB"}),
        ("spark:local[2]?memory=1g&spark.x.y=a%26b", "spark:local[2]", {"memory": "1g", "spark.x.y": "a&b"}),
        ("duckdb:///客户?.duckdb?threads=1", "duckdb:///客户?.duckdb", {"threads": "1"}),
        ("duckdb://?", "duckdb://", {}),
    ],
)
def test_options_follow_a_question_mark(url: str, place: str, options: dict[str, str]) -> None:
    assert split(url, {"threads", "memory"}, prefix="spark.") == (place, options)


def test_an_unknown_option_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConnectionFailedError, match="'tread'") as caught:
        split("duckdb:///a?tread=2", {"threads"})
    assert "threads" in caught.value.in_("zh")


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("TRUE", True), ("0", False), ("no", False)])
def test_a_flag_is_read_and_taken_out(value: str, expected: bool) -> None:
    options = {"read_only": value}
    assert flag(options, "read_only") is expected
    assert options == {}
