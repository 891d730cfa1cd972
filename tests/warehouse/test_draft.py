"""A drafted mapping loads as it stands, says why, and agrees with the hand-made ones on most columns."""

# The SQL is of the plan, or of names made here.
# ruff: noqa: S608

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import duckdb
import pytest

from peakend.demo.shipped import shipped_folder
from peakend.warehouse.draft import draft_mapping
from peakend.warehouse.draft_agreement import Agreement, agreement, targets
from peakend.warehouse.draft_names import concepts, question_number, words
from peakend.warehouse.mapping import load_mapping
from peakend.warehouse.readers import NoSourcesError, find_sources, read_source
from warehouse.planned import planned

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def write(folder: Path, name: str, header: str, rows: list[str]) -> None:
    (folder / name).write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def sales(count: int = 60) -> list[str]:
    return [
        f"O{n // 2},C{n % 20},P{n % 9},2024-01-{n % 28 + 1:02d} 10:00:00,{-1 if n == 7 else 2},{n}.50"
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("name", "split"),
    [("InvoiceNo", ["invoice", "no"]), ("unit_price", ["unit", "price"]), ("CustomerID", ["customer", "id"])],
)
def test_names_are_taken_apart(name: str, split: list[str]) -> None:
    assert words(name) == split


@pytest.mark.parametrize(
    ("name", "concept"),
    [
        ("InvoiceDate", "at"),
        ("客户编号", "customer_id"),
        ("订单号", "order_id"),
        ("实付金额", "revenue"),
        ("Q19_AGE", "age"),
        ("household_id", "customer_id"),
        ("NETPRO", "recommend"),
        ("推荐意愿", "recommend"),
    ],
)
def test_names_are_known_in_both_languages(name: str, concept: str) -> None:
    assert concept in concepts(name)


def test_a_question_number_is_told_from_its_words() -> None:
    assert question_number("Q7A_ART") == ("7", "art")
    assert question_number("Q10SAFE") == ("10", "safe")
    assert question_number("Q8A") == ("8", "")
    assert question_number("QUANTITY") is None


def test_sales_are_recognised_and_their_draft_works(tmp_path: Path) -> None:
    write(tmp_path, "orders.csv", "order_id,customer_id,sku,order date,qty,unit price", sales())
    text = draft_mapping(tmp_path)
    found = planned(tmp_path, text)
    assert (len(found["transactions"].rows), found["transactions"].refused) == (60, [])
    assert len(found["products"].rows) == 9
    assert len(found["customers"].rows) == 20
    assert [row["kind"] for row in found["transactions"].rows].count("refund") == 1
    assert "CHECK" in text


def test_a_chinese_file_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "订单.csv").write_bytes(
        "\n".join(["订单号,客户编号,商品编号,下单时间,数量,单价", *sales()]).encode("gb18030")
    )
    found = planned(tmp_path, draft_mapping(tmp_path, "zh"))
    assert len(found["transactions"].rows) == 60
    assert len(found["customers"].rows) == 20


def test_the_reasons_are_written_in_the_language_asked_for(tmp_path: Path) -> None:
    write(tmp_path, "orders.csv", "order_id,customer_id,sku,order date,qty,unit price", sales())
    english, chinese = draft_mapping(tmp_path), draft_mapping(tmp_path, "zh")
    assert "# likely: " in english
    assert "# 较有把握" in chinese
    assert load_mapping(english).form == load_mapping(chinese).form


def test_a_file_of_customers_is_not_derived_again(tmp_path: Path) -> None:
    write(tmp_path, "orders.csv", "order_id,customer_id,sku,order date,qty,unit price", sales())
    people = [f"C{n},Name {n},{'m' if n % 2 else 'f'},City" for n in range(20)]
    write(tmp_path, "customers.csv", "customer id,name,sex,city", people)
    found = planned(tmp_path, draft_mapping(tmp_path))
    assert len(found["customers"].rows) == 20
    assert {row["gender"] for row in found["customers"].rows} == {"m", "f"}


def test_scales_codes_and_recommendation_are_told_by_their_values(tmp_path: Path) -> None:
    rows = [
        f"{n},{(3, 4, 5, 4, 6, 0, 2, 1)[n % 8]},{(10, 9, 8, 7, 11, 0, 1, 2, 3, 4, 5, 6)[n % 12]},{n % 2 + 1}"
        for n in range(96)
    ]
    write(tmp_path, "visit_2024.csv", "RespNum,Q1_FOOD,NETPRO,gender", rows)
    found = planned(tmp_path, draft_mapping(tmp_path))
    states = [(row["question_id"], row["state"]) for row in found["answers"].rows]
    assert states.count(("food", "not_used")) == 12
    assert states.count(("food", "no_answer")) == 12
    assert states.count(("netpro", "no_answer")) == 8
    assert found["answers"].refused == []
    assert {row["wave"] for row in found["surveys"].rows} == {"2024"}
    assert {row["segmentation"] for row in found["segment_members"].rows} == {"gender"}


def test_words_for_nothing_are_found(tmp_path: Path) -> None:
    people = [f"C{n},{'NULL' if n % 3 else 'Name'},{n}" for n in range(60)]
    write(tmp_path, "customers.csv", "customer id,name,city", people)
    text = draft_mapping(tmp_path)
    assert 'empty: ["NULL"]' in text or "empty: [NULL]" in text
    names = [row["name"] for row in planned(tmp_path, text)["customers"].rows]
    assert (names.count("Name"), names.count(None)) == (20, 40)


def test_a_day_that_may_be_a_month_is_drafted_with_a_warning(tmp_path: Path) -> None:
    rows = [f"O{n},C{n},P{n % 9},0{n % 9 + 1}/0{n % 8 + 1}/2024,1,2" for n in range(60)]
    write(tmp_path, "orders.csv", "order_id,customer_id,sku,order date,qty,price", rows)
    text = draft_mapping(tmp_path)
    assert "date: day_first" in text
    assert len(planned(tmp_path, text)["transactions"].rows) == 60


def test_what_is_not_understood_is_said_and_nothing_is_guessed(tmp_path: Path) -> None:
    write(tmp_path, "odd[1].csv", "alpha,beta", ["1,x", "2,y"])
    text = draft_mapping(tmp_path)
    mapping = load_mapping(text)
    assert mapping.files(["odd[1].csv"]) == []
    assert mapping.unmapped(["odd[1].csv"]) == []


def test_hostile_names_stay_names_in_the_draft(tmp_path: Path) -> None:
    wild = ['"; drop table x', "{#}", "a: b # c", "*x", "行\u2028", "- y", "'"]
    header = ",".join(
        ["customer_id", *(json.dumps(name, ensure_ascii=False).replace('\\"', '""') for name in wild)]
    )
    write(tmp_path, "customers: #1.csv", header, [f"C{n}" + f",{n}" * len(wild) for n in range(60)])
    found = planned(tmp_path, draft_mapping(tmp_path))
    assert set(json.loads(found["customers"].rows[1]["attributes"])) == set(wild)


def test_an_empty_folder_cannot_be_drafted(tmp_path: Path) -> None:
    with pytest.raises(NoSourcesError):
        draft_mapping(tmp_path)


def test_agreement_counts_what_a_person_would_have_kept() -> None:
    head = "source: s\nfiles:\n  - match: a\n    tables:\n      customers:\n        columns: "
    right = load_mapping(head + "{customer_id: a, name: b, city: c}")
    drafted = load_mapping(head + "{customer_id: a, city: b, region: d}")
    assert targets(right, "a.csv")["b"] == {"customers.name"}
    found = agreement(drafted, right, "a.csv", ["a", "b", "c", "d", "e"])
    assert found == Agreement(columns=5, right=2, placed=3, placed_right=1, drafted=3)


@pytest.mark.parametrize(("name", "accuracy", "recall"), [("sfo", 0.85, 0.85), ("online_retail", 0.95, 0.95)])
def test_most_columns_of_the_shipped_data_are_right(name: str, accuracy: float, recall: float) -> None:
    folder = shipped_folder(name)
    drafted, right = load_mapping(draft_mapping(folder)), load_mapping(folder / "mapping.yaml")
    total = Agreement(0, 0, 0, 0, 0)
    with duckdb.connect() as connection:
        for one in find_sources(folder):
            source = read_source(folder / one, None, connection, name=one)
            total += agreement(drafted, right, one, [column.name for column in source.columns])
    assert total.accuracy >= accuracy
    assert total.recall >= recall


@pytest.mark.private_data
def test_oddjob_pairs_expectation_with_satisfaction(private_data: Callable[[str], Path]) -> None:
    folder = private_data("oddjob_airways")
    found = planned(folder, draft_mapping(folder))
    questions = {row["question_id"]: row for row in found["questions"].rows}
    for item in range(1, 24):
        assert questions[f"e{item}"]["metric"] == "expectation"
        assert questions[f"s{item}"]["metric"] == "csat"
        assert questions[f"e{item}"]["dimension"] == questions[f"s{item}"]["dimension"]
    assert {questions[f"loy{n}"]["dimension"] for n in range(1, 6)} == {"loyalty"}
    assert questions["commitment"]["dimension"] == "commitment"
    scores = [row["score"] for row in found["answers"].rows if row["question_id"] == "nps"]
    assert (len(scores), min(scores), max(scores)) == (1065, 0, 10)
    assert found["answers"].refused == []


@pytest.mark.private_data
@pytest.mark.parametrize(
    ("folder", "table", "count"),
    [
        ("airline_loyalty", "interactions", 405_624),
        ("airline_loyalty", "customers", 16_737),
        ("hotel_bookings", "interactions", 119_390),
        ("completejourney", "transactions", 1_469_307),
    ],
)
def test_drafts_of_real_folders_work(
    private_data: Callable[[str], Path], folder: str, table: str, count: int
) -> None:
    mapping = load_mapping(draft_mapping(private_data(folder)))
    with duckdb.connect() as connection:
        read = 0
        for name in mapping.files(find_sources(private_data(folder))):
            source = read_source(private_data(folder) / name, mapping.options(name), connection, name=name)
            for load in mapping.plan(source):
                if load.table == table:
                    found = connection.execute(f"select count(*) from {load.relation}").fetchall()
                    read += int(found[0][0])
    assert read == count
