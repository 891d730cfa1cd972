"""Claim against terms: each item is kept, narrower, missing or better than advertised, worst first."""

from __future__ import annotations

from typing import Any

import pytest

from peakend.server.promises.models import PromiseItem
from peakend.server.promises.terms import canonical, cap_of, compare
from server.promises.conftest import KEPT_ITEMS, VIP_ITEMS, item


def items(rows: list[Any]) -> list[PromiseItem]:
    """Items as they are kept, without a database."""
    return [
        PromiseItem(**{**row, **{side: canonical(row["kind"], row[side]) for side in ("claimed", "terms")}})
        for row in rows
    ]


def test_a_free_service_once_a_year_with_another_card_is_hollow() -> None:
    found = compare(items(VIP_ITEMS))
    assert [(one.item.name_en, one.status) for one in found.items] == [
        ("needs a secondary card", "narrower"),
        ("visits", "narrower"),
        ("VIP room at the airport", "kept"),
        ("minimum deposit", "kept"),
    ]
    assert found.hollow
    assert found.sentence.en.startswith("The terms give less than advertised in 2 of 4 items")
    assert found.items[1].sentence.en == "Advertised: unlimited; the terms say: 1 a year."
    assert found.items[1].sentence.zh == "宣传：不限；条款：1 次/年。"


def test_a_promise_that_is_kept_says_so() -> None:
    found = compare(items(KEPT_ITEMS))
    assert not found.hollow
    assert found.sentence.en == "The terms keep everything that is advertised."


@pytest.mark.parametrize(
    ("one", "status", "share"),
    [
        (item("a", "number", "12", "6"), "narrower", 0.5),
        (item("a", "number", "6", "12"), "not_advertised", 1.0),
        (item("a", "number", "6", "unlimited"), "not_advertised", 1.0),
        (item("a", "number", "unlimited", "6"), "narrower", None),
        (item("a", "number", "0", "3"), "not_advertised", 1.0),
        (item("a", "number", "100", "400", "less"), "narrower", 0.25),
        (item("a", "number", "400", "100", "less"), "not_advertised", 1.0),
        (item("a", "number", "400", "unlimited", "less"), "narrower", None),
        (item("a", "number", "3", ""), "missing", 0.0),
        (item("a", "number", "", "3"), "not_advertised", 1.0),
        (item("a", "number", "", "3", caps_uses=True), "narrower", None),
        (item("a", "number", "", "unlimited", caps_uses=True), "kept", 1.0),
        (item("a", "number", "", "300", "less"), "narrower", None),
        (item("a", "yes_no", "yes", "no"), "narrower", 0.0),
        (item("a", "yes_no", "no", "yes"), "not_advertised", 1.0),
        (item("a", "yes_no", "no", "yes", "less"), "narrower", 0.0),
        (item("a", "yes_no", "yes", "no", "less"), "not_advertised", 1.0),
        (item("a", "yes_no", "no", "", "less"), "kept", 1.0),
        (item("a", "yes_no", "", "yes", "less"), "narrower", None),
        (item("a", "yes_no", "", "no"), "kept", 1.0),
        (item("a", "text", "All airports", "all  airports"), "kept", 1.0),
        (item("a", "text", "All airports", "Beijing only"), "narrower", None),
        (item("a", "text", "All airports", "Every airport", same_meaning=True), "kept", 1.0),
        (item("a", "text", "", "Snacks"), "not_advertised", 1.0),
    ],
)
def test_every_kind_of_item_is_judged(one: Any, status: str, share: float | None) -> None:
    (found,) = compare(items([one])).items
    assert (found.status, found.share) == (status, share)


def test_a_minor_item_alone_makes_nothing_hollow_and_stands_after_material_ones() -> None:
    minor, material = item("minor", "number", "9", "1"), item("material", "number", "9", "8")
    assert not compare(items([{**minor, "material": False}])).hollow
    found = compare(items([{**minor, "material": False}, material]))
    assert [one.item.name_en for one in found.items] == ["material", "minor"]


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("number", " 500,000.50 ", "500000.5"),
        ("number", "不限", "unlimited"),
        ("number", "0.00", "0"),
        ("number", "1e3", "1000"),
        ("number", "1e-999999", "0"),
        ("number", "-1", None),
        ("number", "NaN", None),
        ("number", "Infinity", None),
        ("number", "1e999999", None),
        ("number", "many", None),
        ("yes_no", "是", "yes"),
        ("yes_no", "NO", "no"),
        ("yes_no", "1", None),
        ("yes_no", "", ""),
    ],
)
def test_values_are_kept_in_one_form_or_refused(kind: str, value: str, kept: str | None) -> None:
    assert canonical(kind, value) == kept


def test_the_cap_of_a_side() -> None:
    made = items(VIP_ITEMS)
    assert (cap_of(made, "claimed"), cap_of(made, "terms")) == (None, 1.0)
