"""A drafted mapping loads as it stands, says why, and agrees with the hand-made ones on most columns."""

# The SQL is of the plan, or of names made here.
# ruff: noqa: S608

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import duckdb
import pytest

from peakend.demo.shipped import shipped_folder
from peakend.engine import connect
from peakend.warehouse import Warehouse
from peakend.warehouse.draft import draft_mapping
from peakend.warehouse.draft_agreement import Agreement, agreement, targets
from peakend.warehouse.draft_names import concepts, question_number, subject, words
from peakend.warehouse.mapping import load_mapping
from peakend.warehouse.readers import NoSourcesError, find_sources, read_source
from warehouse.planned import planned

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from peakend.language import Language


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


def keeps(folder: Path, language: Language = "en") -> tuple[str, dict[str, tuple[int, int]]]:
    """The draft of `folder` and, by table, how many rows a load with it keeps and refuses."""
    text = draft_mapping(folder, language)
    with Warehouse(connect(f"duckdb:///{folder.parent / 'kept.duckdb'}")) as warehouse:
        report = warehouse.load(folder, load_mapping(text))
    return text, {one.table: (one.kept, one.refused) for one in report.tables}


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    return folder


def places(text: str, name: str, table: str) -> dict[str, str | None]:
    """Canonical column → source column of the first load of `table` from the file `name`."""
    rule = load_mapping(text).rule(name)
    assert rule is not None
    loads = rule.tables[table]
    first = loads[0] if isinstance(loads, list) else loads
    return {column: spec.column for column, spec in first.columns.items()}


def test_addresses_and_telephone_numbers_of_clients_become_identities(exports: Path) -> None:
    people = [
        f"{n},Name {n},{'' if n == 3 else f'n{n}@example.org'},+49 170 1{n:06d},Ulm,2024-01-{n + 1:02d}"
        for n in range(20)
    ]
    write(exports, "clients.csv", "client_no,full_name,email,mobile,city,signup_date", people)
    text, kept = keeps(exports)
    assert places(text, "clients.csv", "customers") == {
        "customer_id": "client_no", "name": "full_name", "city": "city", "joined_on": "signup_date"
    }  # fmt: skip
    assert kept == {"customers": (20, 0), "identities": (39, 0)}
    kinds = [row["kind"] for row in planned(exports, text)["identities"].rows]
    assert (kinds.count("email"), kinds.count("phone")) == (19, 20)


@pytest.mark.parametrize("name", ["sales.csv", "export.csv"])
def test_sales_with_decimal_commas_and_short_names_are_transactions(exports: Path, name: str) -> None:
    rows = [
        f"{n};K{n % 9};2024-03-{n % 28 + 1:02d};{-1 if n == 4 else 1}.{n:03d},{n % 90 + 10};EUR;S{n % 7}"
        for n in range(60)
    ]
    write(exports, name, "id;customer;date;amount;currency;sku", rows)
    text, kept = keeps(exports)
    found = places(text, name, "transactions")
    found.pop("kind")
    assert found == {
        "transaction_id": "id", "customer_id": "customer", "at": "date", "revenue": "amount",
        "currency": "currency", "product_id": "sku",
    }  # fmt: skip
    assert kept["transactions"] == (60, 0)
    sales = planned(exports, text)["transactions"].rows
    assert (float(sales[3]["revenue"]), float(sales[4]["revenue"])) == (1003.13, -1004.14)
    assert [row["kind"] for row in sales].count("refund") == 1


def test_amounts_with_a_currency_sign_give_the_currency(exports: Path) -> None:
    write(
        exports,
        "invoices.csv",
        "number,client,when,total",
        [f"{n},K{n},2024-03-04,€{n}.20" for n in range(9)],
    )
    text, kept = keeps(exports)
    (row, *_) = planned(exports, text)["transactions"].rows
    assert (float(row["revenue"]), row["currency"]) == (0.2, "EUR")
    assert kept["transactions"] == (9, 0)


def test_three_rows_are_customers_when_the_file_says_so(exports: Path) -> None:
    people = [
        "1,Ann,Leeds,2024-01-02,a@example.org",
        "2,Bo,York,2024-01-13,",
        "3,Cy,Bath,2024-01-20,c@example.org",
    ]
    write(exports, "customers.csv", "id,name,city,joined,email", people)
    text, kept = keeps(exports)
    assert places(text, "customers.csv", "customers") == {
        "customer_id": "id", "name": "name", "city": "city", "joined_on": "joined"
    }  # fmt: skip
    assert kept == {"customers": (3, 0), "identities": (2, 0)}


def test_a_few_double_keys_do_not_hide_customers(exports: Path) -> None:
    people = [f"{n},Name {n},Leeds" for n in range(20)]
    write(exports, "members.csv", "id,name,city", [*people, "7,Other,York"])
    text, kept = keeps(exports)
    assert places(text, "members.csv", "customers")["customer_id"] == "id"
    assert kept["customers"][0] >= 19


def test_a_survey_of_few_answers_is_one(exports: Path) -> None:
    answers = [
        f"{n},{n},2024-04-{n + 1:02d},{(9, 10, 8, 3)[n % 4]},{n % 5 + 1},Quick and kind at the till {n}"
        for n in range(20)
    ]
    write(exports, "feedback.csv", "response_id,customer_id,date,recommend,service,comment", answers)
    text, kept = keeps(exports)
    metrics = {row["question_id"]: row["metric"] for row in planned(exports, text)["questions"].rows}
    assert metrics == {"recommend": "nps", "service": "rating", "comment": "text"}
    assert kept["responses"] == (20, 0)
    assert kept["answers"] == (60, 0)


def test_a_chinese_survey_customers_sales_and_complaints_are_drafted_in_chinese(exports: Path) -> None:
    people = [f"K{n},客户{n},1380000{n:04d},重庆,2020-03-11" for n in range(40)]
    write(exports, "客户.csv", "客户编号,客户姓名,手机号码,城市,开户日期", people)
    sold = [f'T{n},K{n % 40},2024-05-11 10:00:00,"{n + 1000:,}.50",CNY' for n in range(80)]
    write(exports, "交易流水.csv", "交易流水号,客户编号,交易时间,交易金额,币种", sold)
    said = [
        f"{n},K{n},2024-05-{n % 28 + 1:02d},{(9, 10, 7, 2)[n % 4]},{n % 5 + 1},排队{n}分钟" for n in range(40)
    ]
    write(exports, "满意度问卷.csv", "答卷编号,客户编号,填写日期,推荐意愿,满意度,意见", said)
    write(exports, "投诉工单.csv", "编号,客户编号,投诉时间,投诉类型,状态",
          [f"G{n},K{n},2024-06-{n % 28 + 1:02d},排队,已结" for n in range(20)])  # fmt: skip
    text, kept = keeps(exports, "zh")
    metrics = {row["question_id"]: row["metric"] for row in planned(exports, text)["questions"].rows}
    assert metrics == {"推荐意愿": "nps", "满意度": "csat", "意见": "text"}
    assert {"customers": (40, 0), "identities": (40, 0), "transactions": (80, 0), "cases": (20, 0),
            "answers": (120, 0)}.items() <= kept.items()  # fmt: skip
    assert "较有把握：" in text
    assert ": 据" not in text


@pytest.mark.parametrize("key", ["id", "sku"])
def test_products_are_told_by_the_files_name(exports: Path, key: str) -> None:
    write(
        exports,
        "products.csv",
        f"{key},name,category,price",
        [f"S{n},Tea {n},Drinks,{n}.50" for n in range(7)],
    )
    text, kept = keeps(exports)
    assert places(text, "products.csv", "products") == {
        "product_id": key, "name": "name", "category": "category", "list_price": "price"
    }  # fmt: skip
    assert kept == {"products": (7, 0)}


def test_an_unnamed_file_goes_to_its_likeliest_table_as_a_guess(exports: Path) -> None:
    write(exports, "export7.csv", "who,noted", [f"A{n},2024-03-{n + 1:02d} 10:00:00" for n in range(20)])
    text, kept = keeps(exports)
    assert "ignore:" not in text
    assert "interactions:  # guess: " in text
    assert kept["interactions"] == (20, 0)


def test_a_total_in_the_first_line_of_an_order_gives_way_to_the_prices(exports: Path) -> None:
    rows = [
        f"#{n // 2},a{n // 2}@x.org,{'EUR,13.00' if n % 2 == 0 else ','},2024-03-04 10:00:00 +0100,2,Mug,4.50"
        for n in range(20)
    ]
    head = "Name,Email,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price"
    write(exports, "orders_export_1.csv", head, rows)
    text, kept = keeps(exports)
    assert kept["transactions"] == (20, 0)
    assert {float(row["revenue"]) for row in planned(exports, text)["transactions"].rows} == {9.0}
    assert len({row["order_id"] for row in planned(exports, text)["transactions"].rows}) == 10


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("Customer feedback.csv", "survey"),
        ("order_items.csv", "transactions"),
        ("book.xlsx#Sales 2024", "transactions"),
        ("book.xlsx#2024", None),
        ("CLIENTS.CSV", "customers"),
        ("会员资料.csv", "customers"),
        ("2024年投诉.xlsx", "cases"),
        ("presales_notes.csv", None),
    ],
)
def test_a_files_name_says_what_it_is_about(name: str, table: str | None) -> None:
    assert subject(name) == table
