from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from peakend.analyses import fingerprints
from peakend.analyses.fingerprints import (
    TableVersion,
    TableVersions,
    code_version,
    content_summary,
    fingerprint,
)
from peakend.declaration import Analysis, Settings

if TYPE_CHECKING:
    from peakend.engine import Engine

Declare = Callable[..., Analysis]
NOW = {"customers": TableVersion("v1", 3)}


def store(engine: Engine, name: str, table: pa.Table) -> None:
    engine.store(engine.from_arrow(table), name, replace=True)


def test_the_same_state_has_the_same_fingerprint(declare: Declare) -> None:
    one = fingerprint(declare("a"), Settings(), "duckdb", NOW)
    assert one == fingerprint(declare("a"), Settings(), "duckdb", dict(NOW))
    assert len(one) == 64


def test_everything_a_result_depends_on_changes_the_fingerprint(
    declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = declare("a")
    before = fingerprint(a, Settings(), "duckdb", NOW)
    changed = {
        fingerprint(replace(a, version=2), Settings(), "duckdb", NOW),
        fingerprint(replace(a, sql=("analyses/row_count",)), Settings(), "duckdb", NOW),
        fingerprint(a, Settings(minimum_base=5), "duckdb", NOW),
        fingerprint(a, Settings(), "duckdb", {"customers": TableVersion("v2", 3)}),
        fingerprint(a, Settings(), "duckdb", {"customers": TableVersion("v1", 4)}),
    }
    monkeypatch.setattr(fingerprints, "sql_text", lambda name: "other text")
    changed.add(fingerprint(replace(a, sql=("analyses/row_count",)), Settings(), "duckdb", NOW))
    monkeypatch.setattr(fingerprints, "version", lambda: "another release")
    changed.add(fingerprint(a, Settings(), "duckdb", NOW))
    assert len(changed) == 7
    assert before not in changed


def test_code_in_different_modules_has_different_versions() -> None:
    assert code_version(content_summary) == code_version(fingerprint)
    assert code_version(content_summary) != code_version(store)
    assert code_version(len) == ""


def test_a_noted_version_is_taken_and_the_newest_counts(engine: Engine) -> None:
    noted = {
        "table_name": ["customers", "customers"],
        "version": ["new", "old"],
        "changed_at": [datetime(2024, 2, 1), datetime(2024, 1, 1)],
        "rows": [3, 2],
    }
    store(engine, "table_versions", pa.table(noted))
    assert TableVersions(engine, {})["customers"] == TableVersion("new", 3)


EVERY_TYPE = pa.table(
    {
        "text": ["ä", "重庆", None],
        "whole": pa.array([1, 2, 2**62], pa.int64()),
        "double": [0.1, None, 1e300],
        "money": pa.array([Decimal("1.5000"), Decimal("-2.0000"), None], pa.decimal128(18, 4)),
        "day": [date(2024, 1, 1), None, date(1969, 1, 1)],
        "at": pa.array([datetime(2024, 1, 1), datetime(2024, 1, 1, 0, 0, 0, 1), None], pa.timestamp("us")),
        "flag": [True, False, None],
        'odd "name"; drop table': [["a"], [], None],
    }
)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("text", "b"),
        ("whole", 2**62 - 1),
        ("double", 1e299),
        ("money", Decimal("-2.0001")),
        ("day", date(1969, 1, 2)),
        ("at", datetime(2024, 1, 1, 0, 0, 0, 2)),
        ("flag", True),
        ('odd "name"; drop table', ["b"]),
    ],
)
def test_a_table_without_a_version_is_told_apart_by_any_changed_value(
    engine: Engine, column: str, value: object
) -> None:
    store(engine, "theirs", EVERY_TYPE)
    before = content_summary(engine, "theirs")
    assert content_summary(engine, "theirs") == before
    rows = EVERY_TYPE.to_pylist()
    last = max(number for number, row in enumerate(rows) if row[column] is not None)
    rows[last][column] = value
    store(engine, "theirs", pa.Table.from_pylist(rows, schema=EVERY_TYPE.schema))
    assert content_summary(engine, "theirs") != before


def test_an_empty_table_and_one_without_values_have_a_summary(engine: Engine) -> None:
    store(engine, "theirs", EVERY_TYPE.slice(0, 0))
    empty = content_summary(engine, "theirs")
    nulls = pa.table(
        {name: pa.nulls(2, EVERY_TYPE.schema.field(name).type) for name in EVERY_TYPE.schema.names}
    )
    store(engine, "theirs", nulls)
    assert content_summary(engine, "theirs") != empty
    assert TableVersions(engine, {})["theirs"].rows == 2
