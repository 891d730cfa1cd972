from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import peakend as pk
from peakend.analyses import UnknownAnalysisError
from peakend.workspace import UnknownTableError, Workspace, WrongFrameError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SALES = pa.table(
    {
        "transaction_id": ["1", "2", "3"],
        "customer_id": ["a", "b", None],
        "at": [datetime(2024, 1, 1), datetime(2024, 1, 2), datetime(2024, 1, 2)],
        "kind": ["sale", "sale", "refund"],
        "quantity": [1.0, 2.0, -1.0],
        "revenue": [Decimal("10.00"), Decimal("2.50"), Decimal("-1.00")],
        "currency": ["CNY"] * 3,
        "shelf": ["A", "重庆", None],
    }
)


@pytest.fixture
def workspace() -> Workspace:
    return pk.open("duckdb://")


def frames() -> dict[str, Callable[[pa.Table], object]]:
    return {"arrow": lambda t: t, "pandas": lambda t: t.to_pandas(), "polars": pl.from_arrow}


@pytest.mark.parametrize("kind", ["arrow", "pandas", "polars"])
def test_a_frame_of_any_kind_is_loaded_and_no_column_is_lost(workspace: Workspace, kind: str) -> None:
    report = workspace.add("transactions", frames()[kind](SALES))  # type: ignore[arg-type]
    assert (report["transactions"].read, report["transactions"].kept) == (3, 3)
    stored = workspace.table("transactions").to_arrow().sort_by("transaction_id")
    assert stored["revenue"].to_pylist() == [Decimal("10.0000"), Decimal("2.5000"), Decimal("-1.0000")]
    assert stored["at"].to_pylist() == SALES["at"].to_pylist()
    assert stored["attributes"][1].as_py() == '{"shelf":"重庆"}'
    assert set(stored["source"].to_pylist()) == {"python"}


def test_adding_the_same_frame_twice_changes_nothing(workspace: Workspace) -> None:
    workspace.add("transactions", SALES)
    again = workspace.add("transactions", SALES)
    assert again.nothing_new
    assert workspace.tables()["transactions"] == 3


def test_a_frame_is_held_to_the_same_rules_as_a_file(workspace: Workspace) -> None:
    wrong = SALES.set_column(3, "kind", pa.array(["sale", "theft", "refund"]))
    report = workspace.add("transactions", wrong)
    assert report["transactions"].refused == 1
    (row,) = workspace.refused("transactions").to_arrow().to_pylist()
    assert row["column_name"] == "kind"
    assert "theft" in row["raw_row"]


def test_a_mapping_says_which_column_is_which(workspace: Workspace) -> None:
    mapping = """
source: shop
files:
  - match: customers
    tables:
      customers:
        columns: {customer_id: Kunde, name: Name}
"""
    workspace.add("customers", pd.DataFrame({"Kunde": ["7"], "Name": ["Ä"]}), mapping=mapping)
    (row,) = workspace.table("customers").to_arrow().to_pylist()
    assert (row["customer_id"], row["name"], row["source"]) == ("7", "Ä", "shop")


def test_what_is_no_frame_or_fits_no_column_is_an_error_in_words(workspace: Workspace) -> None:
    with pytest.raises(WrongFrameError, match="A list is no data frame"):
        workspace.add("customers", [1, 2])  # type: ignore[arg-type]
    with pytest.raises(WrongFrameError, match="none of the columns of customers"):
        workspace.add("customers", pa.table({"x": [1]}))
    with pytest.raises(UnknownTableError, match="Did you mean customers"):
        workspace.add("custmers", SALES)


def test_a_folder_is_loaded_and_a_table_read_in_any_form(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,name\n1,Ann\n2,李\n", "utf-8")
    (tmp_path / "mapping.yaml").write_text(
        "source: test\nfiles:\n  - match: people\n    tables:\n      customers:\n"
        "        columns: {customer_id: id, name: name}\n",
        "utf-8",
    )
    assert workspace.load(tmp_path)["customers"].kept == 2
    relation = workspace.table("customers")
    assert sorted(relation.to_arrow()["name"].to_pylist()) == ["Ann", "李"]
    assert sorted(relation.to_pandas()["customer_id"]) == ["1", "2"]
    assert relation.to_polars().height == 2
    assert pa.table(relation).num_rows == 2
    assert relation.query("select count(*) as n from t").to_arrow().to_pydict() == {"n": [2]}


def test_a_company_is_simulated_analysed_and_reported(workspace: Workspace, tmp_path: Path) -> None:
    workspace.simulate("bank", customers=300, seed=3, months=6)
    report = workspace.run()
    assert not report.failed, str(report)
    assert report["scores"].status == "done"
    (table,) = workspace.show("nps_by_touchpoint").values()
    assert table.to_arrow().num_rows > 0
    assert any("answers" in statement.sql for statement in workspace.sql("scores"))
    page = workspace.report(tmp_path / "r.html", "zh", tmp_path / "r.xlsx")
    assert 'lang="zh' in page.read_text("utf-8")
    assert (tmp_path / "r.xlsx").exists()


def test_a_table_that_is_not_there_is_an_error_with_the_nearest_name(workspace: Workspace) -> None:
    workspace.add("transactions", SALES)
    with pytest.raises(UnknownTableError) as caught:
        workspace.table("transaction")
    assert "Did you mean transactions" in caught.value.in_("en")
    assert "是否指 transactions" in caught.value.in_("zh")


def test_every_analysis_is_listed_and_has_no_record_at_first(workspace: Workspace) -> None:
    listed = workspace.list()
    assert {item.analysis.name for item in listed} >= {"scores", "rfm"}
    assert all(item.record is None for item in listed)


def test_after_a_run_the_list_tells_what_became_of_each(workspace: Workspace) -> None:
    report = workspace.run(only=["response_mix"])
    assert report["response_mix"].status == "skipped"
    found = {item.analysis.name: item.record.status for item in workspace.list() if item.record}
    assert found == {"response_mix": "skipped"}


def test_a_result_that_was_never_computed_says_how_to_compute_it(workspace: Workspace) -> None:
    with pytest.raises(UnknownTableError, match="peakend run --only scores"):
        workspace.show("nps_by_touchpoint")
    with pytest.raises(UnknownAnalysisError):
        workspace.show("customers")


def test_a_workspace_closes_itself(tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path / 'w.duckdb'}"
    with pk.open(url) as workspace:
        workspace.add("transactions", SALES)
    with pk.open(url, read_only=True) as workspace:
        assert workspace.tables()["transactions"] == 3


def test_importing_peakend_imports_nothing_heavy() -> None:
    code = (
        "import sys, peakend; peakend.__version__; "
        "print([m for m in ('pyarrow', 'duckdb', 'numpy', 'pandas', 'sqlglot', 'rich') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "[]\n"


def test_a_workspace_imports_neither_pandas_nor_polars() -> None:
    code = (
        "import sys, peakend as pk\n"
        "with pk.open('duckdb://') as w: w.tables()\n"
        "print([m for m in ('pandas', 'polars') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "[]\n"


def test_everything_public_can_be_reached_and_nothing_else() -> None:
    assert all(getattr(pk, name) is not None for name in pk.__all__)
    assert dir(pk) == sorted(pk.__all__)
    with pytest.raises(AttributeError, match="no attribute 'opne'"):
        pk.opne  # noqa: B018
