from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from peakend.declaration import Analysis, Inputs
    from peakend.engine import Relation


class Said(Protocol):
    code: int
    out: str
    err: str


class Peakend(Protocol):
    def __call__(self, *arguments: str) -> Said: ...


def named(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    sql = "select customer_id, name from customers where customer_id >= $letter order by customer_id"
    return inputs.query(sql, {"letter": row["letter"]})


@pytest.fixture
def ready(peakend: Peakend, warehouse: str, analyses: Callable[..., None], letters_analysis: Analysis) -> str:
    letters, total = letters_analysis.gives
    analyses(replace(letters_analysis, gives=(replace(letters, behind=named), total)))
    assert peakend("run", "-w", warehouse).code == 0
    return warehouse


def test_the_customers_of_a_row_are_listed(peakend: Peakend, ready: str) -> None:
    said = peakend("customers", "letters", "letter=a", "-w", ready)
    assert said.code == 0
    assert "重庆" in said.out
    assert "3 in all." in said.out


def test_a_long_list_says_how_much_of_it_is_shown(peakend: Peakend, ready: str) -> None:
    said = peakend("customers", "letters", "letter=a", "-n", "1", "-w", ready)
    assert "1 of 3" in said.out
    assert "重庆" not in said.out


def test_programs_get_all_of_it(peakend: Peakend, ready: str) -> None:
    rows = json.loads(peakend("customers", "letters", "letter=a", "--json", "-n", "1", "-w", ready).out)
    assert [row["customer_id"] for row in rows] == ["a", "b", "c"]
    csv = peakend("customers", "letters", "letter=a", "--csv", "-w", ready).out
    assert csv.splitlines()[0] == "customer_id,name"


def test_a_hidden_row_and_a_wrong_word_are_told_in_a_sentence(peakend: Peakend, ready: str) -> None:
    hidden = peakend("customers", "letters", "letter=b", "-w", ready)
    assert (hidden.code, "hidden" in hidden.err) == (2, True)
    wrong = peakend("customers", "letters", "letter", "-w", ready, "--lang", "zh")
    assert wrong.code == 2
    assert "“列=值”" in wrong.err


def test_without_a_table_those_with_lists_are_named(peakend: Peakend, ready: str) -> None:
    assert peakend("customers").out.split() == ["letters"]
