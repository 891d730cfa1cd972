"""Delimited text is read whatever its encoding and separator; what is no row is kept with its line."""

# The SQL is of the plan, or of names made here.
# ruff: noqa: S608

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peakend.warehouse.readers import EncodingError, ReadOptions, SourceError, SourceFile, read_source

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def opened(
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    content: bytes | str,
    options: ReadOptions | None = None,
) -> SourceFile:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_source(path, options, connection)


def rows(source: SourceFile) -> list[tuple[object, ...]]:
    return source.connection.execute(f"select * from {source.relation} order by __row").fetchall()


def names(source: SourceFile) -> list[str]:
    return [column.name for column in source.columns]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, delimiter: str
) -> None:
    text = f'id{delimiter}name\n1{delimiter}"a{delimiter}b"\n2{delimiter}c\n'
    source = opened(tmp_path / "a.csv", connection, text)
    assert rows(source) == [("1", f"a{delimiter}b", 0), ("2", "c", 1)]


def test_a_wrong_separator_is_told_with_the_right_one(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    with pytest.raises(SourceError) as caught:
        opened(tmp_path / "a.csv", connection, "id,name\n1,a\n2,b\n", ReadOptions(delimiter=";"))
    assert caught.value.data["suggested"] == ","


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_text_is_read_in_every_usual_encoding(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, codec: str
) -> None:
    source = opened(tmp_path / "a.csv", connection, "编号,姓名\n1,张三\n2,李四\n".encode(codec))
    assert names(source) == ["编号", "姓名"]
    assert rows(source) == [("1", "张三", 0), ("2", "李四", 1)]


def test_western_text_is_never_taken_for_chinese(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    content = "id,name\n1,Café au lait\n2,Müller\n".encode("cp1252")
    with pytest.raises(EncodingError) as caught:
        opened(tmp_path / "a.csv", connection, content)
    assert (caught.value.data["byte"], caught.value.data["line"]) == (content.index(b"\xe9"), 2)
    source = opened(tmp_path / "b.csv", connection, content, ReadOptions(encoding="cp1252"))
    assert rows(source)[0] == ("1", "Café au lait", 0)


def test_a_broken_byte_far_inside_is_named(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    good = "id,name\n" + "1,好\n" * 400_000
    content = good.encode() + b"2,\xff\n"
    with pytest.raises(EncodingError) as caught:
        opened(tmp_path / "a.csv", connection, content)
    assert (caught.value.data["byte"], caught.value.data["line"]) == (len(content) - 2, 400_002)


def test_ragged_lines_are_kept_with_their_line_and_the_rest_is_read(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    source = opened(tmp_path / "a.csv", connection, 'a,b\n1,2\n3\n4,5\n"x\ny",6\n7,8,9\n10,11\n')
    assert [row[:2] for row in rows(source)] == [("1", "2"), ("4", "5"), ("x\ny", "6"), ("10", "11")]
    refused = source.refused_lines()
    assert [(line.line, line.text) for line in refused] == [(3, "3"), (7, "7,8,9")]
    assert refused[0].reason.en != refused[1].reason.en


def test_a_row_knows_its_line_in_spite_of_refused_lines(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    source = opened(tmp_path / "a.csv", connection, "a,b\n1,2\n3\n4,5\n6\n7,8\n")
    assert source.count() == 3
    assert [source.line_of(row) for row in range(3)] == [2, 4, 6]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\r\n1,2\r\n\r\n3,4", [("1", "2"), ("3", "4")]),
        ("a,b\n1,2\r\n3,4\n", [("1", "2"), ("3", "4")]),
        ('a,b\n1,"x\r\ny"\r\n3,4\n5,6\r\n', [("1", "x\r\ny"), ("3", "4"), ("5", "6")]),
        ('a,b\r\n1,"x\ny"\r\n3,4\r\n', [("1", "x\ny"), ("3", "4")]),
        ("a,b\r1,2\r3,4\r", [("1", "2"), ("3", "4")]),
        ("\n\na,b\n1,2\n", [("1", "2")]),
        ('"a\nc",b\n1,2\n', [("1", "2")]),
        ('a,b\n1,"say \\"hi\\""\n', [("1", 'say "hi"')]),
        ('a,b\n1,"say ""hi"""\n2,"C:\\"\n', [("1", 'say "hi"'), ("2", "C:\\")]),
        ("a,b\n", []),
    ],
)
def test_layouts_found_in_the_wild_are_read(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, text: str, expected: list[tuple[str, str]]
) -> None:
    source = opened(tmp_path / "a.csv", connection, text.encode())
    assert [row[:2] for row in rows(source)] == expected
    assert source.refused_lines() == []


_CELLS = st.text(st.sampled_from("ab \"\n\r,;\t\\€张\u00a0😀'"), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.lists(st.tuples(_CELLS, _CELLS, _CELLS), max_size=8),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_spreadsheet_writes_comes_back_as_it_was(
    tmp_path: Path, table: list[tuple[str, str, str]], delimiter: str, end: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "x", "y", "z"), *((n, *row) for n, row in enumerate(table))])
    with duckdb.connect() as connection:
        options = ReadOptions(delimiter=delimiter)
        source = opened(tmp_path / "a.csv", connection, text.getvalue().encode(), options)
        found = [row[:-1] for row in rows(source)]
        assert source.refused_lines() == []
    assert found == [(str(n), *(cell or None for cell in row)) for n, row in enumerate(table)]


def test_a_field_without_its_closing_quote_is_refused_not_joined(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    source = opened(tmp_path / "a.csv", connection, 'a,b\n1,"x"y\n2,z\n3,"open\n')
    assert [row[:2] for row in rows(source)] == [("2", "z")]
    assert [line.line for line in source.refused_lines()] == [2, 4]


def test_an_error_shows_no_sql_of_ours(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(SourceError) as caught:
        opened(tmp_path / "a.parquet", connection, b"")
    assert "select" not in caught.value.what.en.casefold()


def test_strange_column_names_survive(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    header = '"""; drop table t",select,"it\'s","{x}",😀,列 名'
    source = opened(tmp_path / "a.csv", connection, f"{header}\n1,2,3,4,5,6\n")
    assert names(source) == ['"; drop table t', "select", "it's", "{x}", "😀", "列 名"]
    assert rows(source) == [("1", "2", "3", "4", "5", "6", 0)]


def test_columns_of_one_name_are_told_apart(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    source = opened(tmp_path / "a.csv", connection, "a,A,a,,__row\n1,2,3,4,5\n")
    assert names(source) == ["a", "A_2", "a_3", "column4", "__row_2"]
    assert len(source.notes) == 4


def test_a_file_without_header_gets_numbered_columns(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    source = opened(tmp_path / "a.csv", connection, "1,2\n3,4\n", ReadOptions(header=False))
    assert names(source) == ["column1", "column2"]
    assert source.count() == 2


def test_packed_files_are_read(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    text = "a,b\n1,2\n"
    with gzip.open(tmp_path / "a.csv.gz", "wt") as out:
        out.write(text)
    with zipfile.ZipFile(tmp_path / "b.csv.zip", "w") as archive:
        archive.writestr("folder/b.csv", text)
        archive.writestr("__MACOSX/._b.csv", "junk")
    for name in ("a.csv.gz", "b.csv.zip"):
        assert rows(read_source(tmp_path / name, None, connection)) == [("1", "2", 0)]


def test_a_zip_of_several_files_asks_which(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", "a\n1\n")
        archive.writestr("b.csv", "b\n2\n")
    with pytest.raises(SourceError) as caught:
        read_source(tmp_path / "a.zip", None, connection)
    assert caught.value.data["members"] == ("a.csv", "b.csv")
    source = read_source(tmp_path / "a.zip", ReadOptions(member="b.csv"), connection)
    assert names(source) == ["b"]


@pytest.mark.parametrize(
    ("name", "content"), [("a.csv", b""), ("a.csv.gz", b"no gzip"), ("a.zip", b"no zip")]
)
def test_what_cannot_be_read_is_a_clear_error(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, name: str, content: bytes
) -> None:
    with pytest.raises(SourceError) as caught:
        opened(tmp_path / name, connection, content)
    assert name in caught.value.what.en
    assert name in caught.value.what.zh


def test_closing_leaves_nothing_behind(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    source = opened(tmp_path / "a.csv", connection, "a,b\n1,2\n3\n")
    assert source.count() == 1
    source.close()
    assert connection.execute("select count(*) from duckdb_tables()").fetchone() == (0,)
    assert connection.execute("select count(*) from duckdb_views() where not internal").fetchone() == (0,)
