"""Dates are read in the form a column is written in; day and month are never guessed."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from peakend.warehouse.mapping import MappingError
from warehouse.planned import Taken, planned

if TYPE_CHECKING:
    from pathlib import Path


def dated(tmp_path: Path, cells: list[str], rule: str = "v", column: str = "at") -> Taken:
    (tmp_path / "a.csv").write_text(
        "k;v\n" + "".join(f"{n};{cell}\n" for n, cell in enumerate(cells)), "utf-8"
    )
    table = {"at": "interactions", "joined_on": "customers"}[column]
    key = {"at": "event_id", "joined_on": "customer_id"}[column]
    columns = f"{{columns: {{{key}: k, {column}: {rule}}}}}"
    text = f"source: s\nfiles:\n  - match: a\n    tables: {{{table}: {columns}}}\n"
    return planned(tmp_path, text)[table]


def times(found: Taken) -> list[object]:
    return [row["at"] for row in found.rows]


NOON = datetime.datetime(2024, 3, 14, 12, 30)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-03-14 12:30:00",
        "2024-03-14T12:30",
        "2024/3/14 12:30",
        "2024-03-14T12:30:00Z",
        "2024-03-14T20:30:00+08:00",
        "14/03/2024 12:30",
        "3/14/2024 12:30:00 PM",
        "14.3.24 12:30",
        "2024年3月14日 12:30",
        "20240314123000",
        "14 Mar 2024 12:30",
        "March 14, 2024 12:30",
        "2024.03.14 12:30:00",
    ],
)
def test_the_usual_forms_are_known(tmp_path: Path, cell: str) -> None:
    assert times(dated(tmp_path, [cell])) == [NOON]


@pytest.mark.parametrize(
    ("rule", "cell", "value"),
    [
        ("{column: v, date: '%d|%m|%Y'}", "02|01|2024", datetime.datetime(2024, 1, 2)),
        ("{column: v, date: day_first}", "02/01/2024", datetime.datetime(2024, 1, 2)),
        ("{column: v, date: month_first}", "02/01/2024", datetime.datetime(2024, 2, 1)),
        ("{column: v, date: excel}", "45292.5", datetime.datetime(2024, 1, 1, 12)),
        ("{column: v, date: epoch_s}", "1704067200", datetime.datetime(2024, 1, 1)),
        ("{column: v, date: epoch_ms}", "1704067200500", datetime.datetime(2024, 1, 1, 0, 0, 0, 500_000)),
        ("{column: v, timezone: Asia/Shanghai}", "2024-01-01 08:00", datetime.datetime(2024, 1, 1)),
        ("{column: v, timezone: Europe/London}", "2024-07-01 08:00", datetime.datetime(2024, 7, 1, 7)),
        ("{template: '{v}-01'}", "2024-2", datetime.datetime(2024, 2, 1)),
    ],
)
def test_the_mapping_may_say_the_form(tmp_path: Path, rule: str, cell: str, value: datetime.datetime) -> None:
    assert times(dated(tmp_path, [cell], rule)) == [value]


def test_an_offset_in_the_text_is_not_moved_again(tmp_path: Path) -> None:
    found = dated(tmp_path, ["2024-01-01T08:00:00+08:00"], "{column: v, timezone: Asia/Shanghai}")
    assert times(found) == [datetime.datetime(2024, 1, 1)]


def test_one_late_day_decides_the_order_of_all(tmp_path: Path) -> None:
    early = ["01/02/2024"] * 10_500
    found = dated(tmp_path, [*early, "13/02/2024"], column="joined_on")
    assert {row["joined_on"] for row in found.rows} == {datetime.date(2024, 2, 1), datetime.date(2024, 2, 13)}


def test_days_that_may_be_months_are_asked_for(tmp_path: Path) -> None:
    with pytest.raises(MappingError) as caught:
        dated(tmp_path, ["01/02/2024", "03/04/2024"])
    assert "day_first" in caught.value.in_("en")
    assert "day_first" in caught.value.in_("zh")
    assert caught.value.data["column"] == "v"


def test_a_column_with_both_orders_is_told_with_examples(tmp_path: Path) -> None:
    with pytest.raises(MappingError) as caught:
        dated(tmp_path, ["13/02/2024", "02/14/2024"])
    assert "13/02/2024" in caught.value.what.en
    assert "02/14/2024" in caught.value.what.en


def test_a_mixture_without_doubt_is_read_and_said(tmp_path: Path) -> None:
    found = dated(tmp_path, ["2024-03-14", "2024年3月14日", "14/03/2024", "14/03/24"])
    assert set(times(found)) == {datetime.datetime(2024, 3, 14)}
    assert len(times(found)) == 4
    assert any("4 forms" in note for note in found.notes)


@pytest.mark.parametrize(
    "cell", ["soon", "2024-13-01", "2024-02-30", "99", "infinity", "epoch", "2024-01-01 25:00"]
)
def test_what_is_no_date_refuses_its_row(tmp_path: Path, cell: str) -> None:
    found = dated(tmp_path, ["2024-01-01", cell])
    assert found.refused == [("not_a_time", cell, 1)]
    assert len(found.rows) == 1


def test_a_year_of_two_digits_is_not_the_year_24(tmp_path: Path) -> None:
    found = dated(tmp_path, ["14/03/24"], "{column: v, date: '%d/%m/%Y'}")
    assert [code for code, *_ in found.refused] == ["not_a_time"]
