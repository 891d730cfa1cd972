from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from rich.console import Console

from peakend.declaration import ResultColumn, ResultTable
from peakend.display import rendered, shown, written
from peakend.language import Language, Text

SCORES = pa.table(
    {
        "programme": ["sfo", "sfo", "sfo"],
        "label_en": ["Overall", "Food", None],
        "label_zh": ["总体", "餐饮", "商店"],
        "n": [2746, 12, None],
        "value": [39.84, -5.5, None],
        "low": [37.9, None, None],
        "note": pa.nulls(3, pa.string()),
        "hidden": [False, False, True],
    }
)
DECLARED = ResultTable(
    "scores",
    tuple(ResultColumn(name, "string", Text(name, name)) for name in SCORES.column_names),
    ("programme",),
    Text("How much they like it", "喜欢程度"),
)


def printed(language: Language, **options: int) -> str:
    out = Console(file=io.StringIO(), width=120)
    out.print(rendered(SCORES, DECLARED, language, minimum_base=10, **options))
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_a_hidden_cell_says_that_it_is_hidden_and_why() -> None:
    assert "hidden" in printed("en")
    assert "n < 10" in printed("en")
    assert "不公布" in printed("zh")


def test_without_hidden_cells_nothing_is_said_about_them() -> None:
    out = Console(file=io.StringIO(), width=120)
    out.print(rendered(SCORES.slice(0, 2), DECLARED, "en"))
    assert isinstance(out.file, io.StringIO)
    assert "hidden" not in out.file.getvalue()


def test_labels_are_in_the_readers_language() -> None:
    assert "餐饮" in printed("zh")
    assert "Food" not in printed("zh")
    assert "Food" in printed("en")


def test_a_column_with_one_value_stands_above_and_an_empty_one_nowhere() -> None:
    view = shown(SCORES, DECLARED, "en", limit=None, width=None)
    assert view.constant == {"programme": "sfo"}
    assert "programme" not in view.columns
    assert "note" not in view.columns


def test_what_does_not_fit_is_named() -> None:
    view = shown(SCORES, DECLARED, "en", limit=None, width=20)
    assert view.left_out
    assert {*view.columns, *view.left_out} == {"label_en", "n", "value", "low"}


def test_rows_beyond_the_limit_are_counted() -> None:
    assert "2 more rows" in printed("en", limit=1)


def test_numbers_of_one_size_have_the_same_decimals_and_others_four_figures() -> None:
    table = pa.table({"alike": [39.84, 5.0, -12.5], "mixed": [0.6702, 1170.0, 219.25]})
    view = shown(table, None, "en", limit=None, width=None)
    assert view.cells == [["39.84", "0.6702"], ["5.00", "1,170"], ["-12.50", "219.2"]]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1234567, "1,234,567"),
        (39.84213, "39.84"),
        (12345.678, "12,346"),
        (0.00001234, "0.000012"),
        (float("nan"), "nan"),
        (0.0, "0"),
        (Decimal("1234.5000"), "1,234.50"),
        (Decimal("0.0010"), "0.0010"),
        (date(2024, 1, 2), "2024-01-02"),
        (datetime(2024, 1, 2, 3, 4, 5), "2024-01-02 03:04:05"),
        (True, "yes"),
        ("two\nlines", "two lines"),
    ],
)
def test_values_are_written_plainly(value: object, expected: str) -> None:
    assert written(value, "en") == expected
