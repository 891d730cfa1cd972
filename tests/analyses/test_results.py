from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from peakend.analyses.errors import ResultError
from peakend.analyses.results import all_or_nothing, declared_results, save
from peakend.declaration import ARROW_TYPES, Analysis, ResultColumn, ResultTable
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.engine import Engine

Declare = Callable[..., Analysis]
EVERY = {
    "key": "string",
    "n": "integer",
    "value": "number",
    "spent": "money",
    "on": "day",
    "at": "time",
    "is": "flag",
}


@pytest.fixture
def analysis(declare: Declare) -> Analysis:
    columns = tuple(ResultColumn(name, kind, Text(name, name)) for name, kind in EVERY.items())
    return declare("a", gives=(ResultTable("t", columns, ("key",), Text("t", "t")),))


ROWS = pa.table(
    {
        "is": [True, None],
        "key": ["x", "y"],
        "n": pa.array([1, 2], pa.int32()),
        "value": pa.array([1, 2], pa.int64()),
        "spent": [Decimal("1.5"), None],
        "on": pa.array([1, 2], pa.date32()),
        "at": pa.array([1, 2], pa.timestamp("s")),
    }
)


@pytest.mark.parametrize("as_relation", [True, False])
def test_a_result_is_saved_with_the_declared_columns_in_order_and_type(
    engine: Engine, analysis: Analysis, as_relation: bool
) -> None:
    result = engine.from_arrow(ROWS) if as_relation else ROWS
    rows = save(engine, declared_results(engine, analysis, {"t": result}))
    assert rows == {"t": 2}
    saved = engine.schema("t")
    assert saved.names == list(EVERY)
    assert [saved.field(name).type for name in EVERY] == [ARROW_TYPES[kind] for kind in EVERY.values()]


@pytest.mark.parametrize("as_relation", [True, False])
@pytest.mark.parametrize(
    ("change", "column"),
    [
        (lambda t: t.drop_columns(["value"]), "value"),
        (lambda t: t.append_column("extra", pa.nulls(2)), "extra"),
        (lambda t: t.set_column(2, "n", pa.array([1.5, 2.0])), "n"),
    ],
)
def test_a_column_that_is_missing_undeclared_or_of_another_type_is_named(
    engine: Engine, analysis: Analysis, change: Callable[[pa.Table], pa.Table], column: str, as_relation: bool
) -> None:
    wrong = change(ROWS)
    with pytest.raises(ResultError) as caught:
        declared_results(engine, analysis, {"t": engine.from_arrow(wrong) if as_relation else wrong})
    assert caught.value.data == {"analysis": "a", "table": "t", "column": column}
    assert f"t.{column}" in caught.value.in_("zh")


def test_a_value_that_does_not_fit_the_declared_type_is_named(engine: Engine, analysis: Analysis) -> None:
    wrong = ROWS.set_column(6, "at", pa.array(["soon", "later"]))
    with pytest.raises(ResultError) as caught:
        declared_results(engine, analysis, {"t": wrong})
    assert caught.value.data["column"] == "at"


def test_a_key_that_comes_twice_is_an_error(engine: Engine, analysis: Analysis) -> None:
    with pytest.raises(ResultError, match="'key': 'x'"):
        declared_results(engine, analysis, {"t": pa.concat_tables([ROWS, ROWS.slice(0, 1)])})


def test_a_table_that_is_missing_or_undeclared_is_named(engine: Engine, analysis: Analysis) -> None:
    with pytest.raises(ResultError, match="did not return the table t"):
        declared_results(engine, analysis, {})
    with pytest.raises(ResultError, match="undeclared table u"):
        declared_results(engine, analysis, {"t": ROWS, "u": ROWS})


def test_saving_is_all_or_nothing(engine: Engine, analysis: Analysis) -> None:
    save(engine, declared_results(engine, analysis, {"t": ROWS}))
    shorter = declared_results(engine, analysis, {"t": ROWS.slice(0, 1)})
    with suppress(RuntimeError), all_or_nothing(engine):
        save(engine, shorter)
        raise RuntimeError("power cut")
    assert engine.table("t").to_arrow().num_rows == 2


def test_a_result_made_from_another_reads_what_was_saved(engine: Engine, declare: Declare) -> None:
    """It is not computed twice: the second table is made from the saved rows, whatever the order declared."""
    columns = (ResultColumn("n", "integer", Text("n", "n")),)
    sums, parts = (ResultTable(name, columns, ("n",), Text(name, name)) for name in ("sums", "parts"))
    declared = declare("a", gives=(sums, parts))
    part = engine.query("select t.n + $more as n from t", {"more": 1}, t=engine.from_arrow(ROWS))
    made = {"sums": part.query("select sum(t.n) + $more as n from t", {"more": 10}), "parts": part}
    expected = made["sums"].to_arrow()["n"].to_pylist()
    relations = declared_results(engine, declared, made)
    assert save(engine, relations, made) == {"sums": 1, "parts": 2}
    assert engine.table("sums").to_arrow()["n"].to_pylist() == expected == [15]
    assert '"parts"' in relations["sums"].sql()
