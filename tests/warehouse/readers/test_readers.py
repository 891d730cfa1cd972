"""Every kind of file becomes a relation; what is wrong with a file is said before anything of it is kept."""

# The SQL is of the plan, or of names made here.
# ruff: noqa: S608

from __future__ import annotations

import datetime
import os
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from peakend.warehouse.readers import (
    NoSourcesError,
    ReadOptions,
    SourceChangedError,
    SourceError,
    SourceFile,
    find_sources,
    read_source,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def rows(source: SourceFile) -> list[tuple[object, ...]]:
    return source.connection.execute(f"select * from {source.relation} order by __row").fetchall()


def types(source: SourceFile) -> dict[str, str]:
    return {column.name: column.type for column in source.columns}


def test_parquet_keeps_its_types_and_counts_rows(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    pq.write_table(pa.table({"id": [1, 2], "file_row_number": ["a", "b"]}), tmp_path / "a.parquet")
    source = read_source(tmp_path / "a.parquet", None, connection)
    assert types(source) == {"id": "BIGINT", "file_row_number": "VARCHAR"}
    assert source.rows == 2
    assert rows(source) == [(1, "a", 0), (2, "b", 1)]


def test_truncated_parquet_is_a_clear_error(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": list(range(10_000))}), path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(SourceError) as caught:
        read_source(path, None, connection)
    assert "a.parquet" in caught.value.what.zh


def test_a_file_that_changes_while_it_is_read_is_told(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n")
    source = read_source(path, None, connection)
    source.check_unchanged()
    path.write_text("a\n1\n2\n")
    with pytest.raises(SourceChangedError):
        source.check_unchanged()


def test_a_file_replaced_by_one_of_equal_size_is_told(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    path, other = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_text("a\n1\n")
    source = read_source(path, None, connection)
    other.write_text("a\n2\n")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)
    with pytest.raises(SourceChangedError):
        source.check_unchanged()


def workbook(path: Path) -> None:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("订单")
        sheet.write_row(1, 0, ["id", "amount", "mixed", "on", "flag"])
        sheet.write_row(2, 0, [1, 2.5, 7])
        sheet.write_datetime(2, 3, datetime.datetime(2024, 2, 29))
        sheet.write_boolean(2, 4, True)
        sheet.write_row(4, 0, [2, 3, "seven"])
        other = book.add_worksheet("b")
        other.write_row(0, 0, ["x"])
        other.write_row(1, 0, ["y"])
        book.add_worksheet("empty")


def test_a_sheet_keeps_types_and_a_mixed_column_is_text(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    workbook(tmp_path / "a.xlsx")
    source = read_source(tmp_path / "a.xlsx", None, connection)
    assert types(source) == {
        "id": "BIGINT",
        "amount": "DOUBLE",
        "mixed": "VARCHAR",
        "on": "DATE",
        "flag": "BOOLEAN",
    }
    assert rows(source) == [
        (1, 2.5, "7", datetime.date(2024, 2, 29), True, 0),
        (2, 3.0, "seven", None, None, 2),
    ]
    assert [source.line_of(0), source.line_of(2)] == [3, 5]
    assert "b" in source.notes[0].en


def test_each_sheet_with_cells_is_a_source(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    workbook(tmp_path / "a.xlsx")
    assert find_sources(tmp_path) == ["a.xlsx#订单", "a.xlsx#b"]
    source = read_source(tmp_path / "a.xlsx#b", None, connection, name="a.xlsx#b")
    assert (source.name, rows(source)) == ("a.xlsx#b", [("y", 0)])
    with pytest.raises(SourceError):
        read_source(tmp_path / "a.xlsx", ReadOptions(sheet="c"), connection)


def test_spss_brings_words_wording_and_missing_codes(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame({"q1": [1.0, 2.0, 9.0, None], "name": ["甲", "b", "", "d"], "half": [0.5, 1, 2, 3]})
    pyreadstat.write_sav(
        frame,
        str(tmp_path / "a.sav"),
        column_labels={"q1": "How satisfied?"},
        variable_value_labels={"q1": {1.0: "no", 2.0: "yes", 9.0: "refused"}},
        missing_ranges={"q1": [9.0]},
    )
    source = read_source(tmp_path / "a.sav", None, connection)
    asked = source.column("q1")
    assert (asked.label, asked.labels["2"], asked.missing) == ("How satisfied?", "yes", ("9",))
    assert types(source) == {"q1": "BIGINT", "name": "VARCHAR", "half": "DOUBLE"}
    assert [row[:2] for row in rows(source)] == [(1, "甲"), (2, "b"), (9, None), (None, "d")]


def test_a_broken_spss_file_is_a_clear_error(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    (tmp_path / "a.sav").write_bytes(b"$FL2 and no more")
    with pytest.raises(SourceError):
        read_source(tmp_path / "a.sav", None, connection)


def test_an_empty_folder_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "LICENSE.txt").write_text("words")
    (tmp_path / ".hidden.csv").write_text("a\n1\n")
    (tmp_path / "mapping.yaml").write_text("x: y")
    with pytest.raises(NoSourcesError):
        find_sources(tmp_path)
    with pytest.raises(NoSourcesError):
        find_sources(tmp_path / "nowhere")


def test_files_below_the_folder_are_found_in_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("z.csv", "b/a.parquet", "b/c.xes.gz", "notes.docx"):
        (tmp_path / name).write_text("x")
    assert find_sources(tmp_path) == ["b/a.parquet", "b/c.xes.gz", "z.csv"]


def test_a_file_of_no_known_kind_is_a_clear_error(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    (tmp_path / "a.docx").write_text("x")
    for name in ("a.docx", "missing.csv"):
        with pytest.raises(SourceError):
            read_source(tmp_path / name, None, connection)


@pytest.mark.private_data
@pytest.mark.parametrize(
    ("folder", "name", "count", "columns"),
    [
        ("airline_loyalty", "customer_flight_activity.parquet", 405_624, 10),
        ("airline_loyalty", "customer_loyalty_history.parquet", 16_737, 16),
        ("hotel_bookings", "hotel_bookings.csv.zip", 119_390, 32),
        ("oddjob_airways", "Oddjob.sav", 1_065, 71),
        ("completejourney", "transactions.parquet", 1_469_307, 11),
        ("telco_churn", "Telco_customer_churn.xlsx", 7_043, 33),
        ("cfpb", "consumer_complaints_sample.csv", 3_186, 14),
        ("event_logs", "helpdesk_tax_2017.csv", 13_710, 3),
    ],
)
def test_real_files_have_the_rows_they_are_known_for(
    private_data: Callable[[str], Path],
    connection: duckdb.DuckDBPyConnection,
    folder: str,
    name: str,
    count: int,
    columns: int,
) -> None:
    source = read_source(private_data(folder) / name, None, connection)
    assert (source.count(), len(source.columns), source.refused_lines()) == (count, columns, [])
