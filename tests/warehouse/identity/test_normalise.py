"""Names, contacts and places become comparable, and what nobody can own alone is not compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from peakend.warehouse.identity.normalise import (
    CUSTOMER_COLUMNS,
    IDENTITY_COLUMNS,
    build_features,
    word_lists,
)
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from peakend.engine import Engine


def features(
    engine: Engine, customers: list[dict[str, Any]], identities: list[tuple[str, str, str]] = ()
) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    relations = []
    for name, columns, rows in (
        ("customers", CUSTOMER_COLUMNS, [{"source": "s", "kind": "person", **row} for row in customers]),
        ("identities", IDENTITY_COLUMNS, [dict(zip(IDENTITY_COLUMNS, i, strict=True)) for i in identities]),
    ):
        schema = pa.schema([(c, canonical_table(name).column(c).arrow) for c in columns])
        relations.append(engine.from_arrow(pa.Table.from_pylist(rows, schema=schema)))
    built = build_features(engine, *relations, max_shared=3)
    records = {row["unique_id"]: row for row in built.records.to_arrow().to_pylist()}
    return records, built.ignored.to_arrow().to_pylist()


def keys(engine: Engine, *names: str, kind: str = "person") -> list[str | None]:
    people = [{"customer_id": str(i), "name": name, "kind": kind} for i, name in enumerate(names)]
    records, _ = features(engine, people)
    return [records[str(i)]["name_key"] for i in range(len(names))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Robert Smith", "SMITH, Bob"),
        ("Dr. José Müller", "jose muller"),
        ("Ｊｏｈｎ　Ｓｍｉｔｈ", "John Smith"),
        ("O'Brien, Kate", "Katherine OBrien"),
        ("王小明", "小明 王"),
        ("王小明先生", "王 小明"),
        ("欧阳娜", "娜 欧阳"),
    ],
)
def test_the_same_name_written_otherwise_has_the_same_key(engine: Engine, one: str, other: str) -> None:
    first, second = keys(engine, one, other)
    assert first is not None
    assert first == second


@pytest.mark.parametrize(
    ("one", "other"), [("王小明", "王晓明"), ("John Smith", "Jane Smith"), ("李娜", "李娜娜")]
)
def test_different_names_have_different_keys(engine: Engine, one: str, other: str) -> None:
    first, second = keys(engine, one, other)
    assert first != second


def test_legal_forms_do_not_tell_organisations_apart(engine: Engine) -> None:
    names = ("Acme Trading Co., Ltd", "ACME TRADING", "北京峰终科技有限公司", "北京峰终科技")
    english, plain, chinese, short = keys(engine, *names, kind="organisation")
    assert english == plain == "acme trading"
    assert chinese == short


def test_a_placeholder_is_not_a_name(engine: Engine) -> None:
    assert set(keys(engine, "", "N/A", "测试", "  ", "null", "Unknown", "no")) == {None}


def test_every_word_of_the_lists_is_a_word() -> None:
    lists = [words for words in word_lists().values() if isinstance(words, list)]
    assert all(
        isinstance(word, str) for words in [*lists, *word_lists()["nicknames"].values()] for word in words
    )


@pytest.mark.parametrize(
    ("country", "written", "digits"),
    [
        ("GB", "020 7946 0958", "442079460958"),
        ("UK", "+44 (0)20 7946 0958 ext 3", "442079460958"),
        ("中国", "138 0013 8001", "8613800138001"),
        (None, "0086-13800138001", "8613800138001"),
        (None, "１３８００１３８００１", "8613800138001"),
        ("US", "1 (212) 555-0147", "12125550147"),
        ("US", "(212) 555-0147", "12125550147"),
        ("Germany", "030 901820", "4930901820"),
        ("IT", "06 6982", "39066982"),
    ],
)
def test_a_phone_number_becomes_the_digits_of_e164(
    engine: Engine, country: str | None, written: str, digits: str
) -> None:
    records, _ = features(engine, [{"customer_id": "x", "country": country}], [("x", "phone", written)])
    assert records["x"]["phones"] == [digits]


def test_an_address_is_compared_without_case_tag_and_ignored_dots(engine: Engine) -> None:
    records, _ = features(engine, [{"customer_id": "x"}], [("x", "email", " Ann.Lee+news@GoogleMail.com ")])
    assert records["x"]["emails"] == ["annlee@gmail.com"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "test@test.com"),
        ("email", "n/a"),
        ("email", "not an address"),
        ("phone", "000000"),
        ("phone", "13800138000"),
        ("phone", "1111111111"),
        ("phone", ""),
        ("document", "0000000000"),
    ],
)
def test_a_placeholder_is_not_compared_and_is_reported(engine: Engine, kind: str, value: str) -> None:
    records, ignored = features(engine, [{"customer_id": "x"}], [("x", kind, value)])
    assert (records["x"]["emails"], records["x"]["phones"]) == ([], [])
    (row,) = ignored
    assert (row["kind"], row["customers"]) == (kind, 1)
    assert row["fault"] in {"placeholder", "malformed"}


def test_a_contact_that_too_many_share_is_not_compared_and_is_reported_without_its_value(
    engine: Engine,
) -> None:
    people = [{"customer_id": str(i)} for i in range(5)]
    contacts = [(str(i), "email", "sales@acme.com") for i in range(4)] + [("4", "email", "ann@acme.com")]
    records, ignored = features(engine, people, contacts)
    assert [records[str(i)]["emails"] for i in range(5)] == [[]] * 4 + [["ann@acme.com"]]
    assert ignored == [{"kind": "email", "fault": "shared", "values_ignored": 1, "customers": 4}]


def test_a_year_of_birth_that_cannot_be_or_that_everybody_has_is_not_compared(engine: Engine) -> None:
    years = [1900, 2999] + [1970] * 200 + [1950 + i % 15 for i in range(75)]
    records, ignored = features(
        engine, [{"customer_id": str(i), "birth_year": y} for i, y in enumerate(years)]
    )
    kept = {row["birth_year"] for row in records.values()} - {None}
    assert kept == set(range(1950, 1965))
    assert [(row["fault"], row["values_ignored"]) for row in ignored] == [("malformed", 2), ("shared", 1)]


def test_cities_and_genders_agree_across_languages_and_spellings(engine: Engine) -> None:
    people = [
        {"customer_id": "1", "city": "北京市", "gender": "女", "country": "China"},
        {"customer_id": "2", "city": "北京", "gender": "F", "country": "CN"},
    ]
    records, _ = features(engine, people)
    assert [records["1"][c] for c in ("city", "gender", "country")] == ["北京", "f", "CN"]
    assert [records["2"][c] for c in ("city", "gender", "country")] == ["北京", "f", "CN"]
