from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from peakend.analyses import BehindError, UnknownAnalysisError, customers_behind, run, with_lists
from peakend.declaration import Analysis, Inputs, ResultColumn, Results, ResultTable, Settings
from peakend.engine import Engine, Relation, connect
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

_MET = "select customer_id, city, joined_on from customers where city is not null"


def cities(inputs: Inputs) -> Results:
    sql = """
      select city, joined_on, cast(count(*) as bigint) as n, count(*) < $least as hidden
      from met
      group by city, joined_on
    """
    counted = inputs.query(sql, {"least": inputs.settings.minimum_base}, met=inputs.query(_MET))
    return {"cities": counted}


def of_a_city(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    sql = "select customer_id from met where city = $city and joined_on = $on order by customer_id"
    return inputs.query(sql, {"city": row["city"], "on": row["joined_on"]}, met=inputs.query(_MET))


def _table() -> ResultTable:
    columns = (("city", "string"), ("joined_on", "day"), ("n", "integer"), ("hidden", "flag"))
    declared = tuple(ResultColumn(name, kind, Text(name, name)) for name, kind in columns)
    return ResultTable("cities", declared, ("city", "joined_on"), Text("c", "c"), behind=of_a_city)


CITIES = Analysis(
    "cities", 1, "data", Text("Cities", "城市"), Text("Where", "何处"), ("customers",), (_table(),), cities
)


@pytest.fixture
def engine() -> Engine:
    engine = connect("duckdb://")
    people = {
        "customer_id": ["a", "b", "c", "d", "e", "f"],
        "city": ["重庆", "重庆", "Zürich", "Zürich", None, "Lone"],
        "joined_on": [date(2024, 1, 1)] * 2 + [date(2024, 1, 1), date(2024, 2, 1), None, date(2024, 1, 1)],
    }
    engine.from_arrow(pa.table(people)).save("customers")
    run(engine, catalogue=[CITIES], settings=Settings(minimum_base=1))
    return engine


def test_the_list_is_as_long_as_the_number_says(engine: Engine) -> None:
    for row in engine.table("cities").to_arrow().to_pylist():
        where = {"city": row["city"], "joined_on": row["joined_on"]}
        assert customers_behind(engine, "cities", where, [CITIES]).to_arrow().num_rows == row["n"]


def test_a_row_is_named_by_as_many_columns_as_it_takes_and_text_is_read_as_the_column(engine: Engine) -> None:
    found = customers_behind(engine, "cities", {"city": "重庆"}, [CITIES]).to_arrow()
    assert found["customer_id"].to_pylist() == ["a", "b"]
    where = {"city": "Zürich", "joined_on": "2024-02-01"}
    assert customers_behind(engine, "cities", where, [CITIES]).to_arrow()["customer_id"].to_pylist() == ["d"]


def test_values_that_fit_several_rows_are_told_what_would_part_them(engine: Engine) -> None:
    with pytest.raises(BehindError, match="2 rows of cities have these values; name one, by joined_on"):
        customers_behind(engine, "cities", {"city": "Zürich"}, [CITIES])


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"city": "nowhere"}, "No row of cities"),
        ({"town": "重庆"}, "no column town"),
        ({"joined_on": "yesterday"}, "'yesterday' is no day"),
        ({"hidden": "perhaps"}, "'perhaps' is no flag"),
    ],
)
def test_what_names_no_row_is_said(engine: Engine, where: dict[str, str], said: str) -> None:
    with pytest.raises(BehindError, match=said):
        customers_behind(engine, "cities", where, [CITIES])


def test_a_hidden_cell_has_no_list(engine: Engine) -> None:
    run(engine, catalogue=[CITIES], settings=Settings(minimum_base=2))
    with pytest.raises(BehindError, match="hidden because too few"):
        customers_behind(engine, "cities", {"city": "Lone"}, [CITIES])


def test_a_result_without_lists_and_an_unknown_one_say_so(engine: Engine) -> None:
    with pytest.raises(BehindError, match="no list of customers"):
        customers_behind(engine, "rfm_segments", {}, None)
    with pytest.raises(UnknownAnalysisError):
        customers_behind(engine, "towns", {}, [CITIES])


def test_before_a_run_there_is_nothing_to_list() -> None:
    with connect("duckdb://") as empty, pytest.raises(BehindError, match="has not been computed"):
        customers_behind(empty, "cities", {"city": "重庆"}, [CITIES])


def test_the_tables_with_lists_are_known() -> None:
    assert with_lists([CITIES]) == ("cities",)
