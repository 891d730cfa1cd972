"""What the value analyses declare is what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.engine import sql_text
from peakend.value.analyses import ANALYSES

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Inputs


def test_every_sql_file_is_named_and_exists() -> None:
    assert all(sql_text(name) for analysis in ANALYSES for name in analysis.sql)


def test_every_result_has_the_columns_it_declares(inputs_of: Callable[..., Inputs]) -> None:
    for analysis in ANALYSES:
        results = analysis.compute(inputs_of())
        assert {name: table.schema for name, table in results.items()} == {
            t.name: t.schema() for t in analysis.gives
        }
