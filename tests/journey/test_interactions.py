"""Interactions as people have them: frames of several kinds, keys as numbers, zones, and what is no table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pyarrow as pa
import pytest

from peakend.engine import connect
from peakend.journey.interactions import InteractionsError, canonical, relation_of

ROWS = {
    "event_id": ["a", "b"],
    "customer_id": ["x", None],
    "at": [datetime(2024, 1, 1, 12), datetime(2024, 1, 2)],
    "touchpoint_id": ["web", "shop"],
}


def frames() -> dict[str, Any]:
    pandas = pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    table = pa.table(ROWS)
    coded = table.set_column(3, "touchpoint_id", table["touchpoint_id"].dictionary_encode())
    return {
        "pandas": pandas.DataFrame(ROWS),
        "categories": pandas.DataFrame(ROWS).astype({"touchpoint_id": "category"}),
        "polars": polars.DataFrame(ROWS),
        "arrow": table,
        "dictionary": coded,
        "large": table.cast(
            pa.schema([(n, pa.large_string()) if n != "at" else (n, "timestamp[ns]") for n in ROWS])
        ),
        "relation": connect("duckdb://").from_arrow(table),
    }


@pytest.mark.parametrize(
    "kind", ["pandas", "categories", "polars", "arrow", "dictionary", "large", "relation"]
)
def test_every_kind_of_frame_says_the_same(kind: str) -> None:
    found = canonical(frames()[kind]).to_arrow()
    assert {name: found[name].to_pylist() for name in ROWS} == ROWS
    assert found["visitor_id"].to_pylist() == [None, None]
    assert found.schema.field("at").type == pa.timestamp("us")


def test_a_relation_is_taken_as_it_is() -> None:
    relation = connect("duckdb://").from_arrow(pa.table(ROWS))
    assert relation_of(relation, needed=("nothing it has",)) is relation


def test_numbers_as_keys_become_text_and_days_become_midnight() -> None:
    rows = {"event_id": [1, 2], "customer_id": [7, None], "at": [date(2024, 1, 1), date(2024, 1, 2)]}
    found = canonical(pa.table(rows)).to_arrow()
    assert found["event_id"].to_pylist() == ["1", "2"]
    assert found["customer_id"].to_pylist() == ["7", None]
    assert found["at"].to_pylist() == [datetime(2024, 1, 1), datetime(2024, 1, 2)]


def test_a_zone_is_converted_and_a_time_without_one_is_utc() -> None:
    east = timezone(timedelta(hours=8))
    zoned = pa.table({"event_id": ["a"], "at": pa.array([datetime(2024, 1, 1, 8, tzinfo=east)])})
    plain = pa.table({"event_id": ["a"], "at": [datetime(2024, 1, 1)]})
    utc = pa.table({"event_id": ["a"], "at": pa.array([datetime(2024, 1, 1, tzinfo=UTC)])})
    for table in (zoned, plain, utc):
        assert canonical(table).to_arrow()["at"].to_pylist() == [datetime(2024, 1, 1)]
        assert relation_of(table).to_arrow()["at"].to_pylist() == [datetime(2024, 1, 1)]


@pytest.mark.parametrize("wrong", [7, "interactions.csv", None, object(), [{"event_id": "a"}]])
def test_what_is_no_table_is_refused_in_words(wrong: object) -> None:
    with pytest.raises(InteractionsError, match="relation or a data frame"):
        relation_of(wrong)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InteractionsError, match="lack at") as caught:
        relation_of(pa.table({"event_id": ["a"]}), ("event_id", "at"))
    assert caught.value.data == {"missing": ["at"]}
    with pytest.raises(InteractionsError, match="lack event_id, at"):
        canonical(connect("duckdb://").from_arrow(pa.table({"when": ["a"]})))
