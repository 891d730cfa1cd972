"""A mapping says which column becomes what; a mistake in it is told with its line and the right name."""

# The SQL is of the plan, or of names made here.
# ruff: noqa: S608

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pytest

from peakend.warehouse.mapping import MappingError, load_mapping
from peakend.warehouse.readers import read_source
from warehouse.planned import planned

if TYPE_CHECKING:
    from pathlib import Path

SALES = """\
peakend: 1
source: shop
files:
  - match: sales
    tables:
      transactions:
        columns:
          transaction_id: {template: "{Invoice No}-{#}", number_by: [Invoice No]}
          order_id: Invoice No
          customer_id: Who
          product_id: SKU
          at: When
          kind:
            cases:
              - if: {SKU: [POST, M]}
                then: fee
              - if: {Invoice No: {like: "C*"}}
                then: refund
            otherwise: sale
          quantity: Qty
          unit_price: Price
          revenue: {calc: 'Qty * Price'}
          currency: {value: CNY}
      products:
        each: SKU
        columns:
          product_id: SKU
          name: {column: What, pick: most_frequent}
      customers:
        each: Who
        columns: {customer_id: Who, city: City}
"""
CSV = '''\
Invoice No,Who,SKU,What,When,Qty,Price,City,Note
1,c1,A,Apple,2024-01-01 10:00:00,2,0.001,上海,"say ""hi"""
1,c1,A,Apples,2024-01-01 10:00:00,2,0.001,上海,
C2,,A,Apples,2024-01-02 10:00:00,-1,1.5,,
3,c2, POST ,Post,2024-01-03,1,x,北京,kept
3,c2,B,,2024-01-03,1,2,深圳,
'''


def shop(tmp_path: Path, mapping: str = SALES, csv: str = CSV) -> Path:
    (tmp_path / "sales.csv").write_text(csv, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(mapping, encoding="utf-8")
    return tmp_path


def broken(text: str) -> MappingError:
    with pytest.raises(MappingError) as caught:
        load_mapping(text)
    return caught.value


def with_columns(columns: str, table: str = "customers", more: str = "") -> str:
    return f"source: s\nfiles:\n  - match: a\n{more}    tables:\n      {table}:\n        columns: {columns}\n"


def one_column(
    tmp_path: Path, cells: list[str], columns: str, table: str = "customers", more: str = ""
) -> object:
    text = "k,v\n" + "".join(f"{n},{json.dumps(cell, ensure_ascii=False)}\n" for n, cell in enumerate(cells))
    (tmp_path / "a.csv").write_text(text.replace('\\"', '""'), encoding="utf-8")
    return planned(tmp_path, with_columns(columns, table, more))[table]


def test_one_file_feeds_facts_and_the_dimensions_they_name(tmp_path: Path) -> None:
    found = planned(shop(tmp_path), SALES)
    sales = found["transactions"]
    assert [row["transaction_id"] for row in sales.rows] == ["1-1", "1-2", "C2-1", "3-2"]
    assert [row["kind"] for row in sales.rows] == ["sale", "sale", "refund", "sale"]
    assert [row["revenue"] for row in sales.rows] == [
        Decimal("0.0020"),
        Decimal("0.0020"),
        Decimal("-1.5"),
        Decimal(2),
    ]
    assert sales.rows[2]["customer_id"] is None
    assert sales.rows[0]["at"] == datetime.datetime(2024, 1, 1, 10)
    products = {row["product_id"]: row["name"] for row in found["products"].rows}
    assert products == {"A": "Apples", "B": None, "POST": "Post"}
    customers = {row["customer_id"]: row["city"] for row in found["customers"].rows}
    assert customers == {"c1": "上海", "c2": "北京"}


def test_an_unreadable_value_refuses_its_row_alone(tmp_path: Path) -> None:
    refused = planned(shop(tmp_path), SALES)["transactions"].refused
    assert set(refused) == {("not_an_amount", "x", 3), ("not_a_number", "x", 3)}


def test_columns_without_a_place_become_attributes(tmp_path: Path) -> None:
    rows = planned(shop(tmp_path), SALES)["transactions"].rows
    assert json.loads(rows[0]["attributes"]) == {"Note": 'say "hi"'}
    assert rows[1]["attributes"] is None


def test_attributes_can_be_dropped_or_named(tmp_path: Path) -> None:
    dropped = SALES.replace("  - match: sales\n", "  - match: sales\n    drop: Note\n")
    assert planned(shop(tmp_path), dropped)["transactions"].rows[0]["attributes"] is None
    named = SALES.replace("      products:", "        attributes: [City]\n      products:")
    assert json.loads(planned(shop(tmp_path), named)["transactions"].rows[0]["attributes"]) == {
        "City": "上海"
    }


def test_the_commonest_value_wins_and_of_equals_the_earlier(tmp_path: Path) -> None:
    csv = CSV + "4,c3,A,Apple,2024-01-05,1,1,x,\n"
    for _ in range(3):
        products = planned(shop(tmp_path, csv=csv), SALES)["products"].rows
        assert {row["product_id"]: row["name"] for row in products}["A"] == "Apple"


def test_spaces_and_words_for_nothing_are_repaired_and_counted(tmp_path: Path) -> None:
    found = one_column(
        tmp_path, [" a", "b\u3000", "c", "NULL", "Undefined", ""], "{customer_id: k, name: v}",
        more="    empty: [\"NULL\", Undefined]\n",
    )  # fmt: skip
    assert [row["name"] for row in found.rows] == ["a", "b", "c", None, None, None]
    assert found.repaired["tidied"] == 4


@pytest.mark.parametrize(
    ("rule", "cell", "value"),
    [
        ("v", "1234.5", Decimal("1234.5")),
        ("{column: v, thousands: ','}", "1,234.5", Decimal("1234.5")),
        ("{column: v, thousands: '.', decimal: ','}", "1.234,5", Decimal("1234.5")),
        ("{column: v, strip: '$ '}", "$ 12", Decimal(12)),
        ("{column: v, strip: '￥元'}", "￥12元", Decimal(12)),
        ("v", "1,234", None),
        ("v", "12 EUR", None),
        ("v", "1e30", None),
    ],
)
def test_money_is_read_as_the_mapping_says_and_never_guessed(
    tmp_path: Path, rule: str, cell: str, value: Decimal | None
) -> None:
    found = one_column(tmp_path, [cell], f"{{product_id: k, list_price: {rule}}}", "products")
    assert [row["list_price"] for row in found.rows] == ([] if value is None else [value])
    assert [code for code, *_ in found.refused] == (["not_an_amount"] if value is None else [])


@pytest.mark.parametrize(
    ("cell", "value"), [("1980", 1980), ("1980.0", 1980), ("1980.7", None), ("nan", None), ("x", None)]
)
def test_a_fraction_is_no_whole_number(tmp_path: Path, cell: str, value: int | None) -> None:
    found = one_column(tmp_path, [cell], "{customer_id: k, birth_year: v}")
    assert [row["birth_year"] for row in found.rows] == ([] if value is None else [value])


@pytest.mark.parametrize("cell", ["nan", "inf", "-inf", "three"])
def test_what_is_not_a_finite_number_is_refused(tmp_path: Path, cell: str) -> None:
    found = one_column(tmp_path, [cell], "{response_id: k, survey_id: {value: s}, weight: v}", "responses")
    assert found.refused == [("not_a_number", cell, 0)]


def test_yes_and_no_are_known_in_both_languages(tmp_path: Path) -> None:
    found = one_column(tmp_path, ["Yes", "否", "1", "", "maybe"], "{product_id: k, own: v}", "products")
    assert [row["own"] for row in found.rows] == [True, False, True, None]
    assert found.refused == [("not_yes_or_no", "maybe", 4)]


def test_codes_become_words_and_unlisted_ones_are_refused(tmp_path: Path) -> None:
    cells = ["1", "02", "9", "x", "150"]
    rule = "{column: v, values: {1: one, 02: two, 9: null}, ranges: [{from: 100, to: 200, then: many}]}"
    found = one_column(tmp_path, cells, f"{{customer_id: k, name: {rule}}}")
    assert [row["name"] for row in found.rows] == ["one", "two", None, "many"]
    assert found.refused == [("unlisted_code", "x", 3)]
    kept = one_column(tmp_path, cells, f"{{customer_id: k, name: {rule[:-1]}, unlisted: keep}}}}")
    assert [row["name"] for row in kept.rows][3] == "x"


def test_a_row_without_a_key_is_known_by_its_content(tmp_path: Path) -> None:
    columns = "{customer_id: k, at: {value: 2024-01-01}, kind: v}"
    (tmp_path / "a.csv").write_text("k,v\n1,x\n1,x\n1,y\n")
    rows = planned(tmp_path, with_columns(columns, "interactions"))["interactions"].rows
    keys = [row["event_id"] for row in rows]
    assert keys[0] == keys[1] != keys[2]
    again = planned(tmp_path, with_columns(columns, "interactions"))["interactions"].rows
    assert [row["event_id"] for row in again] == keys


def test_names_that_look_like_sql_are_just_names(tmp_path: Path) -> None:
    wild = '"; drop table x; --'
    (tmp_path / "a.csv").write_text('"""; drop table x; --",it\'s 😀,\'\n1,Rob\'); drop table y;--,{z}\n')
    text = (
        'source: "\'; s"\nfiles:\n  - match: a\n    tables:\n      customers:\n        columns:\n'
        f'          customer_id: {json.dumps(wild)}\n          name: "it\'s 😀"\n'
        '        where: {"it\'s 😀": {not: "x\' or 1=1"}}\n'
    )
    row = planned(tmp_path, text)["customers"].rows[0]
    assert row["customer_id"] == "1"
    assert row["name"] == "Rob'); drop table y;--"
    assert row["source"] == "'; s"
    assert json.loads(row["attributes"]) == {"'": "{z}"}


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("{v: b}", ["b"]),
        ("{v: [a, b]}", ["a", "b"]),
        ("{v: {like: 'a*'}}", ["a", "abc"]),
        ("{v: {not: [a, b]}}", ["abc", "5", "50", None]),
        ("{v: null}", [None]),
        ("{v: {empty: false}, k: [0, 1]}", ["a", "b"]),
        ("{v: {above: 4, below: 20}}", ["5"]),
        ("[{v: a}, {v: {at_least: 50}}]", ["a", "50"]),
    ],
)
def test_conditions_route_rows(tmp_path: Path, where: str, kept: list[str | None]) -> None:
    (tmp_path / "a.csv").write_text("k,v\n0,a\n1,b\n2,abc\n3,5\n4,50\n5,\n")
    text = with_columns("{customer_id: k, name: v}") + f"        where: {where}\n"
    assert [row["name"] for row in planned(tmp_path, text)["customers"].rows] == kept


@pytest.mark.parametrize(
    "formula", ["k; drop table x", "sum(k)", "(select 1)", "k || v", "read_csv('x')", "k = v", ""]
)
def test_only_arithmetic_is_calculated(tmp_path: Path, formula: str) -> None:
    (tmp_path / "a.csv").write_text("k,v\n1,2\n")
    text = with_columns(f"{{product_id: k, list_price: {{calc: {json.dumps(formula)}}}}}", "products")
    with pytest.raises(MappingError):
        planned(tmp_path, text)


def test_a_division_by_zero_is_empty_not_infinite(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("k,v\n1,0\n3,2\n")
    rows = planned(tmp_path, with_columns("{product_id: k, list_price: {calc: k / v}}", "products"))[
        "products"
    ].rows
    assert [row["list_price"] for row in rows] == [None, Decimal("1.5")]


def test_a_mistyped_key_is_told_with_its_line_and_the_nearest(tmp_path: Path) -> None:
    error = broken("source: s\nfiles:\n  - match: a\n    tabels: {}\n")
    assert (error.data["line"], error.data["nearest"]) == (4, "tables")
    error = broken("source: s\nfiles:\n  - match: a\n    tables:\n      custommers: {columns: {}}\n")
    assert (error.data["line"], error.data["nearest"]) == (5, "customers")
    error = broken(with_columns("\n          customer_id: k\n          nmae: v"))
    assert (error.data["line"], error.data["nearest"]) == (8, "name")
    error = broken(with_columns("\n          customer_id: {colunm: k}"))
    assert (error.data["line"], error.data["nearest"]) == (7, "column")


def test_a_missing_column_is_told_with_file_line_and_the_nearest(tmp_path: Path) -> None:
    folder = shop(tmp_path, SALES.replace("SKU, What", "x").replace("quantity: Qty", "quantity: Quty"))
    with pytest.raises(MappingError) as caught:
        planned(folder, folder / "mapping.yaml")
    error = caught.value
    assert (error.data["file"], error.data["nearest"]) == ("mapping.yaml", "Qty")
    line = (folder / "mapping.yaml").read_text().splitlines()[int(str(error.data["line"])) - 1]
    assert "Quty" in line
    assert "sales.csv" in error.what.en
    assert "sales.csv" in error.what.zh


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("source: [", 2),
        ("- a\n- b\n", 1),
        ("files: []\n", 1),
        ("source: s\nsource: t\n", 2),
        ("source: s\nfiles:\n  - match: a\n    tables: {customers: {columns: {customer_id: {}}}}\n", 4),
        (with_columns("{customer_id: {column: k, value: x}}"), 6),
        ("source: s\nrows:\n  questions:\n    - {question_id: q}\n    - {question: q}\n", 5),
        (
            "source: s\nfiles:\n  - match: a\n    survey:\n      survey: {value: x}\n      response: k\n"
            "      answers:\n        q9: v\n",
            8,
        ),
    ],
)
def test_every_mistake_has_a_line(text: str, line: int) -> None:
    error = broken(text)
    assert error.data["line"] == line
    assert f"line {line}" in error.what.en
    assert f"第 {line} 行" in error.what.zh


@pytest.mark.parametrize(
    "columns",
    [
        "{customer_id: k, birth_year: {value: old}}",
        "{customer_id: k, joined_on: {column: v, timezone: Mars/Base}}",
        "{customer_id: k, joined_on: {column: v, date: tomorrow}}",
        "{customer_id: k, name: {calc: k + v}}",
        "{name: v, customer_id: {column: nowhere}}",
    ],
)
def test_an_impossible_rule_is_refused_before_anything_is_read(tmp_path: Path, columns: str) -> None:
    (tmp_path / "a.csv").write_text("k,v\n1,2\n")
    with pytest.raises(MappingError) as caught:
        planned(tmp_path, with_columns(columns))
    assert caught.value.data["line"] == 6


def test_a_table_of_several_keys_needs_them_all(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("k,v\n1,2\n")
    with pytest.raises(MappingError):
        planned(tmp_path, with_columns("{bundle_id: k}", "bundles"))


def test_patterns_choose_files_with_or_without_their_suffix() -> None:
    mapping = load_mapping(
        "source: s\nignore: [b.csv]\nfiles:\n"
        "  - match: '2017_*'\n  - match: [a.csv, 'x/*']\n  - match: never\n"
    )
    names = ["a.csv", "b.csv", "c.csv", "2017_z.csv.gz", "x/y.parquet", "deep/2017_q.parquet"]
    assert mapping.files(names) == ["2017_z.csv.gz", "deep/2017_q.parquet", "a.csv", "x/y.parquet"]
    assert mapping.unmapped(names) == ["c.csv"]
    assert mapping.unused(names) == ["never"]


def test_read_options_reach_the_reader(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("k;v\n1;é\n".encode("cp1252"))
    text = with_columns("{customer_id: k, name: v}", more="    read: {delimiter: ';', encoding: cp1252}\n")
    assert planned(tmp_path, text)["customers"].rows[0]["name"] == "é"


def test_the_same_mapping_reads_typed_and_untyped_files(tmp_path: Path) -> None:
    folders = tmp_path / "csv", tmp_path / "parquet"
    for folder in folders:
        folder.mkdir()
    csv = "k,n,d,p\n17850,3,2024-02-29,1.25\n17851,,,\n"
    (folders[0] / "a.csv").write_text(csv)
    duckdb.sql(
        "copy (select * from (values (17850.0::double, 3::bigint, date '2024-02-29', 1.25::double), "
        f"(17851.0, null, null, null)) as t(k, n, d, p)) to '{folders[1]}/a.parquet'"
    )
    text = with_columns("{product_id: k, name: n, list_price: p}", "products")
    found = [planned(folder, text)["products"].rows for folder in folders]
    assert found[0] == found[1]
    assert found[0][0]["product_id"] == "17850"


def test_rows_written_in_the_mapping_are_loaded_like_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("k\n1\n")
    text = (
        "source: s\nrows:\n  touchpoints:\n"
        "    - {touchpoint_id: '01', name: Desk, name_zh: 柜台, position: 1}\n"
        "    - {touchpoint_id: web, moment_of_truth: true}\n"
    )
    rows = planned(tmp_path, text)["touchpoints"].rows
    assert [(row["touchpoint_id"], row["name_zh"], row["position"]) for row in rows] == [
        ("01", "柜台", 1),
        ("web", None, None),
    ]
    assert rows[1]["moment_of_truth"] is True


def test_the_plan_says_where_a_mapping_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("k\n1\n")
    source = read_source(tmp_path / "b.csv", None, duckdb.connect())
    with pytest.raises(MappingError):
        load_mapping(with_columns("{customer_id: k}")).plan(source)


def test_a_mapping_may_be_named_by_text_as_well_as_by_a_path(tmp_path: Path) -> None:
    file = shop(tmp_path) / "mapping.yaml"
    assert (
        load_mapping(str(file)).fingerprint
        == load_mapping(file).fingerprint
        == load_mapping(SALES).fingerprint
    )
    with pytest.raises(MappingError, match=r"none\.yaml cannot be read: No such file or directory\."):
        load_mapping(str(tmp_path / "none.yaml"))
