"""An event log becomes interactions without a mapping, in the order of the log, in bounded memory."""

# The SQL is of the plan, or of names made here.
# ruff: noqa: S608

from __future__ import annotations

import gzip
import tracemalloc
from typing import TYPE_CHECKING

import duckdb
import pytest

from peakend.warehouse.mapping import TableLoad, mapping_for_log
from peakend.warehouse.readers import SourceError, read_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOG = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="event"><string key="concept:name" value="none"/></global>
  <string key="concept:name" value="a log"/>
  <trace>
    <string key="concept:name" value="案 1"/>
    <string key="region" value="east"><string key="nested" value="deep"/></string>
    <event>
      <string key="concept:name" value="open &quot;it&quot;"/>
      <date key="time:timestamp" value="2024-01-01T08:00:00.000+08:00"/>
      <string key="org:resource" value="Ann"/><string key="lifecycle:transition" value="complete"/>
      <int key="amount" value="5"/>
    </event>
    <event>
      <string key="concept:name" value="close"/><date key="time:timestamp" value="2024-01-01T00:00:00Z"/>
    </event>
  </trace>
  <trace><event><string key="concept:name" value="open"/></event></trace>
  <trace><string key="concept:name" value="empty"/></trace>
</log>
"""


def selected(connection: duckdb.DuckDBPyConnection, load: TableLoad) -> list[dict[str, object]]:
    values = ", ".join(f'{column.value} as "{column.name}"' for column in load.columns)
    found = connection.execute(f"select {values} from {load.relation} order by __row")
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_a_log_becomes_interactions_touchpoints_and_employees(tmp_path: Path) -> None:
    connection = duckdb.connect()
    (tmp_path / "desk.xes").write_text(LOG, encoding="utf-8")
    source = read_source(tmp_path / "desk.xes", None, connection)
    loads = {load.table: load for load in mapping_for_log(source).plan(source)}
    events = selected(connection, loads["interactions"])
    assert [event["event_id"] for event in events] == [f"desk/{n:010d}" for n in range(3)]
    assert [event["case_id"] for event in events] == ["desk/案 1", "desk/案 1", "desk/2"]
    assert str(events[0]["at"]) == str(events[1]["at"]) == "2024-01-01 00:00:00"
    assert events[0]["kind"] == 'open "it"'
    assert (events[0]["employee_id"], events[0]["outcome"]) == ("Ann", "complete")
    assert events[0]["attributes"] == '{"amount": "5", "case:region": "east"}'
    assert events[2]["at"] is None
    assert {row["touchpoint_id"] for row in selected(connection, loads["touchpoints"])} == {
        'open "it"',
        "close",
        "open",
    }
    assert [row["employee_id"] for row in selected(connection, loads["employees"])] == ["Ann"]
    assert any("no event" in note.en for note in source.notes)


@pytest.mark.parametrize("text", [LOG[:900], LOG.replace("</event>", "", 1), "<html></html>", ""])
def test_a_log_cut_short_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    connection = duckdb.connect()
    (tmp_path / "a.xes").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_source(tmp_path / "a.xes", None, connection)
    assert "a.xes" in caught.value.what.zh
    assert connection.execute("select count(*) from duckdb_tables()").fetchone() == (0,)


def test_a_gzip_cut_short_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.xes.gz").write_bytes(gzip.compress(LOG.encode())[:-30])
    with pytest.raises(SourceError):
        read_source(tmp_path / "a.xes.gz", None, duckdb.connect())


def test_a_clock_that_starts_in_1970_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "a.xes").write_text(LOG.replace("2024-01-01", "1970-01-01"), encoding="utf-8")
    source = read_source(tmp_path / "a.xes", None, duckdb.connect())
    assert any("1970" in note.en and "1970" in note.zh for note in source.notes)


def test_memory_does_not_grow_with_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peakend.warehouse.readers.xes._BATCH", 200)
    monkeypatch.setattr("peakend.warehouse.readers.integrity.CHUNK", 1 << 14)
    time = '<date key="time:timestamp" value="2024-01-01T00:00:00Z"/>'
    event = f'<event><string key="concept:name" value="a"/>{time}</event>'

    def peak(events: int) -> int:
        path = tmp_path / f"{events}.xes"
        with path.open("w") as out:
            out.write("<log>")
            for case in range(events // 10):
                out.write(f'<trace><string key="concept:name" value="{case}"/>{event * 10}</trace>')
            out.write("</log>")
        tracemalloc.start()
        read_source(path, None, duckdb.connect())
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(20_000) < 1.5 * peak(5_000)


@pytest.mark.private_data
@pytest.mark.parametrize(
    ("name", "events", "cases", "variants"),
    [
        ("Helpdesk", 21_348, 4_580, 226),
        ("bpi_challenge_2013_incidents", 65_533, 7_554, None),
        ("BPI_Challenge_2013_closed_problems", 6_660, 1_487, None),
        ("SEPSIS", 15_214, 1_050, None),
        ("teleclaims", 46_138, 3_512, None),
    ],
)
def test_published_logs_have_their_published_counts(
    private_data: Callable[[str], Path], name: str, events: int, cases: int, variants: int | None
) -> None:
    connection = duckdb.connect()
    source = read_source(private_data("event_logs") / f"{name}.xes.gz", None, connection)
    found = connection.execute(
        f'select count(*), count(distinct case_id), count("at") from {source.relation}'
    ).fetchone()
    assert found == (events, cases, events)
    if variants is not None:
        ways = connection.execute(
            "select count(distinct way) from (select string_agg(activity, '|' order by \"at\", __row) as way "
            f"from {source.relation} group by case_id) as cases"
        ).fetchone()
        assert ways == (variants,)
    assert any("1970" in note.en for note in source.notes) == (name == "teleclaims")
