"""Result tables as a person reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from peakend.declaration import ResultColumn, ResultTable
from peakend.feedback.analyses import SCORES
from peakend.language import Text
from peakend.report.result_tables import MOST_ROWS, read_table

Score = Callable[..., dict[str, Any]]
Tables = Callable[..., dict[str, pa.Table]]
RATING = next(table for table in SCORES.gives if table.name == "rating_by_touchpoint")


def test_columns_without_content_are_left_out_and_intervals_are_one_column(
    score: Score, tables: Tables
) -> None:
    made = tables(rating_by_touchpoint=[score("Shops", 3.5), score("Signs", 4.1)])["rating_by_touchpoint"]
    english, chinese = read_table(RATING, made, "en"), read_table(RATING, made, "zh")
    assert [head.words for head in english.heads] == ["Name", "Period", "n", "Score", "95\u00a0%", "Verdict"]
    assert [cell.words for cell in english.rows[0]] == [
        "Shops",
        "2024",
        "500",
        "3.50",
        "3.45 to 3.55",
        "no previous period",
    ]
    assert [cell.words for cell in chinese.rows[0]] == [
        "Shops（中）",
        "2024",
        "500",
        "3.50",
        "3.45 至 3.55",
        "无上一期",
    ]


def test_hidden_cells_say_so_and_show_no_number(score: Score, tables: Tables) -> None:
    made = tables(rating_by_touchpoint=[score("Shops", 3.5), score("Lounge", None)])["rating_by_touchpoint"]
    words = [cell.words for cell in read_table(RATING, made, "en").rows[1]]
    assert words[0] == "Lounge"
    assert words.count("hidden") == 2
    assert not any(any(digit.isdigit() for digit in word) for word in words[2:])


def test_a_long_table_says_how_much_is_not_shown(score: Score, tables: Tables) -> None:
    rows = [score(f"T{number}", 3.5) for number in range(MOST_ROWS + 5)]
    read = read_table(RATING, tables(rating_by_touchpoint=rows)["rating_by_touchpoint"], "en")
    assert len(read.rows) == MOST_ROWS
    assert read.rest.startswith("5 more rows")


def test_a_table_of_any_shape_can_be_read() -> None:
    columns = (
        ResultColumn("who", "string", Text("Who", "谁")),
        ResultColumn("share", "number", Text("Share", "占比"), "share"),
        ResultColumn("p", "number", Text("p", "p 值"), "probability"),
        ResultColumn("known", "flag", Text("Known", "是否已知")),
        ResultColumn("more", "string", Text("More", "其他")),
    )
    declared = ResultTable("of_a_plugin", columns, ("who",), Text("Anything", "任意"))
    row = {"who": "<b>", "share": 0.123, "p": 0.0001, "known": True, "more": '{"a": 1}'}
    read = read_table(declared, pa.Table.from_pylist([row], schema=declared.schema()), "zh")
    assert [cell.words for cell in read.rows[0]] == ["<b>", "12.3%", "< 0.001", "是", "a: 1"]
