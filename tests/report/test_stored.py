from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from peakend.declaration import ResultColumn, ResultTable
from peakend.language import Text
from peakend.report.stored import first_rows

if TYPE_CHECKING:
    from peakend.engine import Engine

TABLE = ResultTable(
    "moments",
    (ResultColumn("at", "integer", Text("at", "时")), ResultColumn("said", "string", Text("said", "说"))),
    ("at",),
    Text("m", "m"),
)


@pytest.fixture
def stored(memory: Engine) -> Engine:
    memory.from_arrow(pa.table({"said": list("cabd"), "at": [3, 1, 2, 4]})).save("moments")
    return memory


def test_the_first_rows_by_key_are_fetched_and_no_more(stored: Engine) -> None:
    found = first_rows(stored, TABLE, 2)
    assert found.to_pydict() == {"at": [1, 2], "said": ["a", "b"]}


def test_a_result_that_fits_keeps_its_order(stored: Engine) -> None:
    assert first_rows(stored, TABLE, 4)["said"].to_pylist() == list("cabd")


def test_a_table_without_a_key_is_cut_as_it_lies(stored: Engine) -> None:
    assert first_rows(stored, replace(TABLE, key=()), 3).num_rows == 3
