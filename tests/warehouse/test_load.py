"""A load takes what is right, keeps what is not with its reason, and does nothing twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from peakend.engine import connect
from peakend.warehouse import Warehouse
from peakend.warehouse.load_errors import LoadError, NoMappingError, UnreadableFilesError, WrongTableError
from peakend.warehouse.mapping import MappingError
from peakend.warehouse.readers import NoSourcesError
from warehouse.folders import CUSTOMERS, INTERACTIONS, write_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from peakend.engine import Engine
    from peakend.warehouse.load_report import LoadReport, LoadStep, TableCount

BOOKKEEPING = ("load_runs", "refused_rows", "row_history", "table_versions")


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    with Warehouse(connect(f"duckdb:///{tmp_path / 'w.duckdb'}")) as opened:
        yield opened


def rows(warehouse: Warehouse, table: str) -> list[dict[str, Any]]:
    return warehouse.table(table).to_arrow().to_pylist()


def snapshot(warehouse: Warehouse) -> dict[str, list[dict[str, Any]]]:
    return {table: rows(warehouse, table) for table in warehouse.tables()}


def balanced(count: TableCount) -> bool:
    return count.read == (
        count.kept + count.updated + count.unchanged + count.duplicates + count.merged + count.refused
    )


def reasons(warehouse: Warehouse, table: str) -> dict[int, tuple[str | None, str]]:
    return {
        row["row_number"]: (row["column_name"], row["reason_code"])
        for row in rows(warehouse, "refused_rows")
        if row["table_name"] == table
    }


def test_a_folder_becomes_canonical_tables_sorted_as_the_schema_says(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    report = warehouse.load(write_folder(tmp_path / "in", customers=CUSTOMERS, interactions=INTERACTIONS))
    assert [row["event_id"] for row in rows(warehouse, "interactions")] == ["e2", "e1", "e3"]
    assert {row["name"] for row in rows(warehouse, "customers")} == {"Ann", "王小明"}
    assert (report["interactions"].read, report["interactions"].kept) == (3, 3)
    assert report["touchpoints"].stubs == 2
    assert warehouse.engine.schema("interactions").names[-2:] == ["source", "attributes"]


def test_loading_twice_changes_nothing(warehouse: Warehouse, tmp_path: Path) -> None:
    bad = CUSTOMERS + "c3,Bo,abc\n"
    folder = write_folder(tmp_path / "in", customers=bad, interactions=INTERACTIONS)
    warehouse.load(folder)
    before = snapshot(warehouse)
    report = warehouse.load(folder)
    assert report.nothing_new
    assert report.load_id is None
    assert all(file.skipped for file in report.files)
    assert snapshot(warehouse) == before


def test_the_same_rows_in_another_file_are_known_by_their_keys(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.load(write_folder(tmp_path / "one", customers=CUSTOMERS, interactions=INTERACTIONS))
    tables = ("customers", "interactions", "touchpoints", "table_versions")
    before = {table: rows(warehouse, table) for table in tables}
    lines = INTERACTIONS.splitlines()
    report = warehouse.load(
        write_folder(tmp_path / "two", interactions="\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    )
    assert report.nothing_new
    assert report["interactions"].unchanged == 3
    assert {table: rows(warehouse, table) for table in tables} == before


def test_a_file_that_grew_adds_only_its_new_rows_in_their_place(warehouse: Warehouse, tmp_path: Path) -> None:
    bad = "e9,c1,yesterday,t1\n"
    folder = write_folder(tmp_path / "in", interactions=INTERACTIONS + bad)
    warehouse.load(folder)
    more = "e4,c1,2024-01-02 00:00:00,t1\n"
    report = warehouse.load(write_folder(folder, interactions=INTERACTIONS + bad + more))
    count = report["interactions"]
    assert (count.read, count.kept, count.unchanged, count.refused, count.known_refusals) == (5, 1, 3, 1, 1)
    assert [row["event_id"] for row in rows(warehouse, "interactions")] == ["e2", "e4", "e1", "e3"]
    assert len(rows(warehouse, "refused_rows")) == 1


def test_a_refused_row_keeps_its_reason_and_stays_whole(warehouse: Warehouse, tmp_path: Path) -> None:
    customers = "customer_id,name,birth_year\n,Nobody,1970\nc2,Ann,abc\nc3,Old,1066\nc4,Fine,1999\n"
    report = warehouse.load(write_folder(tmp_path / "in", customers=customers))
    assert reasons(warehouse, "customers") == {
        1: ("customer_id", "missing_required"),
        2: ("birth_year", "not_whole"),
        3: ("birth_year", "below_minimum"),
    }
    kept = {row["row_number"]: row for row in rows(warehouse, "refused_rows")}
    assert json.loads(kept[2]["raw_row"]) == {"customer_id": "c2", "name": "Ann", "birth_year": "abc"}
    assert "'abc'" in kept[2]["reason_en"]
    assert "1066" in kept[3]["reason_zh"]
    assert kept[3]["load_id"] == report.load_id
    assert (report["customers"].kept, report["customers"].refused) == (1, 3)


def test_every_rule_of_the_schema_is_checked(warehouse: Warehouse, tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "in",
        questions="question_id,metric,scale_low,scale_high\nq1,nps,0,10\nq2,mood,0,10\n",
        responses="response_id,survey_id,weight\nr1,s1,1\nr2,s1,-1\n",
        answers=(
            "response_id,question_id,state,score\n"
            "r1,q1,answered,9\n"  # right
            "r1,q3,answered,11\n"  # right: nothing is known of the scale of q3
            "r2,q1,answered,9\n"  # its response was refused
            "r1,q4,maybe,1\n"  # no such state
            "r1,q5,no_answer,3\n"  # a score without an answer
            "r1,q1,answered,11\n"  # outside the scale
        ),
    )
    report = warehouse.load(folder)
    assert reasons(warehouse, "questions") == {2: ("metric", "not_a_choice")}
    assert reasons(warehouse, "responses") == {2: ("weight", "below_minimum")}
    assert reasons(warehouse, "answers") == {
        3: ("response_id", "unknown_reference"),
        4: ("state", "not_a_choice"),
        5: ("score", "score_without_answer"),
        6: ("score", "outside_scale"),
    }
    assert report["surveys"].stubs == 1
    assert {row["question_id"]: row["metric"] for row in rows(warehouse, "questions")} == {
        "q1": "nps",
        "q3": "rating",
    }
    assert all(balanced(count) for count in report.tables)


def test_of_two_rows_with_one_key_the_first_stays_and_the_other_names_it(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    customers = CUSTOMERS + "c1,Ann,1970\nc1,Anna,1970\n"
    report = warehouse.load(write_folder(tmp_path / "in", customers=customers))
    count = report["customers"]
    assert (count.kept, count.duplicates, count.refused) == (2, 1, 1)
    refused = rows(warehouse, "refused_rows")
    assert [(row["row_number"], row["reason_code"]) for row in refused] == [(4, "duplicate_key")]
    assert "customers.csv, row 1" in refused[0]["reason_en"]
    assert "customers.csv 第 1 行" in refused[0]["reason_zh"]
    assert {row["name"] for row in rows(warehouse, "customers")} == {"Ann", "王小明"}


def test_facts_never_change_and_say_so(warehouse: Warehouse, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in", interactions=INTERACTIONS)
    warehouse.load(folder)
    report = warehouse.load(write_folder(folder, interactions=INTERACTIONS.replace("e1,c1", "e1,c2")))
    assert report["interactions"].refused == 1
    assert report["interactions"].unchanged == 2
    assert [row["reason_code"] for row in rows(warehouse, "refused_rows")] == ["differs_from_loaded"]
    assert [row["customer_id"] for row in rows(warehouse, "interactions")] == ["c1", "c1", "c2"]


def test_a_customer_follows_its_source_and_what_was_said_before_is_kept(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    folder = write_folder(tmp_path / "in", customers=CUSTOMERS)
    warehouse.load(folder)
    report = warehouse.load(write_folder(folder, customers=CUSTOMERS.replace("Ann", "Anna")))
    assert (report["customers"].updated, report["customers"].unchanged) == (1, 1)
    assert {row["name"] for row in rows(warehouse, "customers")} == {"Anna", "王小明"}
    history = rows(warehouse, "row_history")
    assert [(row["table_name"], json.loads(row["key"])) for row in history] == [("customers", ["c1"])]
    assert json.loads(history[0]["row_json"])["name"] == "Ann"


def test_columns_a_source_does_not_give_keep_what_another_gave(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.load(write_folder(tmp_path / "one", customers=CUSTOMERS))
    warehouse.load(write_folder(tmp_path / "two", customers="customer_id,city\nc1,Leeds\nc9,Perth\n"))
    found = {row["customer_id"]: (row["name"], row["city"]) for row in rows(warehouse, "customers")}
    assert found == {"c1": ("Ann", "Leeds"), "c2": ("王小明", None), "c9": (None, "Perth")}


def test_files_of_one_load_complete_each_other_and_may_not_contradict(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    folder = write_folder(
        tmp_path / "in",
        customers=CUSTOMERS,
        customers_2="customer_id,city,birth_year\nc1,Leeds,1970\nc2,Perth,1981\n",
    )
    report = warehouse.load(folder)
    found = {row["customer_id"]: (row["name"], row["city"]) for row in rows(warehouse, "customers")}
    assert found == {"c1": ("Ann", "Leeds"), "c2": ("王小明", None)}
    assert (report["customers"].merged, report["customers"].refused) == (1, 1)
    assert balanced(report["customers"])
    assert rows(warehouse, "refused_rows")[0]["source_file"] == "customers_2.csv"


def test_what_is_derived_from_facts_yields_to_what_exists(warehouse: Warehouse, tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "in",
        derived=("customers_2",),
        customers_2="customer_id,name\nc1,Derived\nc7,Seen\nc7,Seen too\n",
        customers=CUSTOMERS,
    )
    report = warehouse.load(folder)
    names = {row["customer_id"]: row["name"] for row in rows(warehouse, "customers")}
    assert names == {"c1": "Ann", "c2": "王小明", "c7": "Seen"}
    assert (report["customers"].refused, report["customers"].duplicates) == (0, 2)


def test_a_customer_in_facts_only_gets_a_row_that_the_real_one_replaces(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    first = warehouse.load(write_folder(tmp_path / "facts", interactions=INTERACTIONS))
    assert first["customers"].stubs == 2
    assert {row["attributes"] for row in rows(warehouse, "customers")} == {'{"stub":true}'}
    second = warehouse.load(write_folder(tmp_path / "people", customers=CUSTOMERS))
    assert second["customers"].updated == 2
    assert {row["name"] for row in rows(warehouse, "customers")} == {"Ann", "王小明"}
    assert not any("stub" in (row["attributes"] or "") for row in rows(warehouse, "customers"))


SURVEY = """\
source: s
files:
  - match: wide
    survey:
      survey: {value: w1}
      response: {column: response}
      columns: {answered_at: {value: 2024-05-01}}
      answers: {food: {column: food}, bags: {column: bags, values: {1: yes, 2: no}}}
rows:
  surveys: [{survey_id: w1, name: Survey, name_zh: 调查}]
  questions:
    - {question_id: food, label_en: Food, label_zh: 餐饮, metric: rating, scale_low: 1, scale_high: 5}
    - {question_id: bags, label_en: Bags, label_zh: 行李, metric: choice}
"""


def test_a_refused_choice_is_one_of_the_choices_and_not_of_the_scores(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    warehouse.load(write_folder(tmp_path / "in", wide="response,food,bags\n1,12,9\n2,5,1\n"), SURVEY)
    said = {
        (row["column_name"], row["reason_code"], row["reason_zh"]) for row in rows(warehouse, "refused_rows")
    }
    assert said == {
        ("score", "outside_scale", "score：分值超出该题的量表范围（“12”）"),
        ("choice", "unlisted_code", "choice：映射中没有此代码的含义（“9”）"),
    }


def test_reasons_are_punctuated_as_their_language_is(warehouse: Warehouse, tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "in",
        customers="customer_id,birth_year\nc1,abc\nc2,1066\n,1990\n",
        questions="question_id,label_en,metric,scale_low,scale_high\nq,Food,rating,1,5\n",
        surveys="survey_id,name\ns,S\n",
        responses="response_id,survey_id,answered_at\nr,s,2024-01-01\n",
        answers="response_id,question_id,state,score\nr,q,answered,9\n",
    )
    warehouse.load(folder)
    refused = rows(warehouse, "refused_rows")
    chinese = {row["reason_zh"] for row in refused}
    assert {
        "birth_year：birth_year 不是整数（“abc”）",
        "birth_year：“1066”低于下限 1890",
        "customer_id：必填，却没有值",
        "score：“9（1…5）”超出该题的量表范围",
    } == chinese
    assert "score: '9 (1…5)' is outside the question's scale" in {row["reason_en"] for row in refused}


def test_lines_that_are_no_rows_are_refused_with_their_text(warehouse: Warehouse, tmp_path: Path) -> None:
    report = warehouse.load(write_folder(tmp_path / "in", customers=CUSTOMERS + "c8\n"))
    refused = rows(warehouse, "refused_rows")
    assert [(row["reason_code"], row["raw_row"].strip()) for row in refused] == [("ragged_line", "c8")]
    assert report["customers"].read == 3
    assert balanced(report["customers"])


def test_values_put_right_are_counted_with_an_example(warehouse: Warehouse, tmp_path: Path) -> None:
    report = warehouse.load(write_folder(tmp_path / "in", customers="customer_id,name\nc1,  Ann \nc2,Bo\n"))
    repair = next(repair for repair in report.repairs if repair.column == "name")
    assert (repair.rows, repair.example, repair.example_row) == (1, "Ann", 1)
    assert report["customers"].repaired == 1
    kept = json.loads(rows(warehouse, "load_runs")[0]["repairs"])
    assert kept[0]["column"] == "name"


def test_names_of_any_kind_survive(warehouse: Warehouse, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    column = '"; drop table customers; --'
    quoted = '"' + column.replace('"', '""') + '"'
    (folder / "select 表 😀.csv").write_text(
        f'{quoted},select,名字\nO\'Neil """";--,1970,"王 😀, \'x\'"\n'.replace('O\'Neil """"', "O'Neil"),
        "utf-8",
    )
    mapping = (
        "peakend: 1\nsource: \"it's; drop\"\nfiles:\n  - match: ['select *']\n    tables:\n      customers:\n"
        f"        columns: {{customer_id: {{column: '{column}'}}, birth_year: select, name: 名字}}\n"
    )
    warehouse.load(folder, mapping)
    row = rows(warehouse, "customers")[0]
    assert (row["customer_id"], row["birth_year"], row["name"]) == ("O'Neil;--", 1970, "王 😀, 'x'")
    assert row["source"] == "it's; drop"


def test_an_account_of_the_load_is_written_with_it(warehouse: Warehouse, tmp_path: Path) -> None:
    report = warehouse.load(write_folder(tmp_path / "in", customers=CUSTOMERS))
    run = rows(warehouse, "load_runs")[0]
    assert run["load_id"] == report.load_id
    assert json.loads(run["files"])[0]["name"] == "customers.csv"
    assert json.loads(run["counts"])[0]["kept"] == 2
    assert run["started_at"] <= run["ended_at"]
    assert {row["table_name"]: row["rows"] for row in rows(warehouse, "table_versions")} == {"customers": 2}


def test_a_version_changes_only_with_the_content(warehouse: Warehouse, tmp_path: Path) -> None:
    def versions() -> dict[str, str]:
        return {row["table_name"]: row["version"] for row in rows(warehouse, "table_versions")}

    folder = write_folder(tmp_path / "in", customers=CUSTOMERS, interactions=INTERACTIONS)
    warehouse.load(folder)
    before = versions()
    warehouse.load(write_folder(folder, customers=CUSTOMERS + "c3,Bo,1990\n", interactions=INTERACTIONS))
    changed = {name for name, version in versions().items() if version != before[name]}
    assert changed == {"customers"}


def test_progress_is_told_step_by_step(warehouse: Warehouse, tmp_path: Path) -> None:
    steps: list[LoadStep] = []
    warehouse.load(write_folder(tmp_path / "in", customers=CUSTOMERS), progress=steps.append)
    assert [step.done for step in steps] == list(range(steps[0].total))


def test_the_report_is_a_table(warehouse: Warehouse, tmp_path: Path) -> None:
    report: LoadReport = warehouse.load(write_folder(tmp_path / "in", customers=CUSTOMERS))
    table = report.as_table()
    assert table.column_names[:3] == ["table", "read", "kept"]
    assert table["kept"].to_pylist() == [2]


# What goes wrong is told, and nothing of it stays.


def untouched(warehouse: Warehouse, load: Callable[[], object], error: type[Exception]) -> Exception:
    before = snapshot(warehouse)
    with pytest.raises(error) as told:
        load()
    assert snapshot(warehouse) == before
    return told.value


def test_an_empty_folder_is_told(warehouse: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    untouched(warehouse, lambda: warehouse.load(tmp_path / "in"), NoSourcesError)
    untouched(warehouse, lambda: warehouse.load(tmp_path / "nowhere"), NoSourcesError)


def test_files_without_a_mapping_are_told_how_to_draft_one(warehouse: Warehouse, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in", customers=CUSTOMERS)
    (folder / "mapping.yaml").unlink()
    error = untouched(warehouse, lambda: warehouse.load(folder), NoMappingError)
    assert "peakend mapping draft" in str(error)


def test_a_mapping_that_names_a_missing_column_stops_the_load(warehouse: Warehouse, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in", customers=CUSTOMERS)
    (folder / "customers.csv").write_text(CUSTOMERS.replace("birth_year", "born"), "utf-8")
    untouched(warehouse, lambda: warehouse.load(folder), MappingError)


def test_unreadable_files_are_all_named_and_nothing_is_loaded(warehouse: Warehouse, tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "in", customers=CUSTOMERS, interactions=INTERACTIONS, products="product_id\np1\n"
    )
    (folder / "interactions.csv").write_bytes(b"")
    (folder / "products.csv").write_bytes(b"")
    error = untouched(warehouse, lambda: warehouse.load(folder), UnreadableFilesError)
    assert "interactions.csv" in str(error)
    assert "products.csv" in str(error)


def test_files_the_mapping_does_not_describe_are_named(warehouse: Warehouse, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in", customers=CUSTOMERS)
    (folder / "forgotten.csv").write_text("a,b\n1,2\n", "utf-8")
    report = warehouse.load(folder)
    assert any("forgotten.csv" in note.en and "forgotten.csv" in note.zh for note in report.notes)


def test_a_file_that_changes_while_it_is_read_is_not_kept(warehouse: Warehouse, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in", customers=CUSTOMERS, interactions=INTERACTIONS)

    def meddle(step: LoadStep) -> None:
        if step.done == 1:
            (folder / "customers.csv").write_text(CUSTOMERS + "c3,Late,1999\n", "utf-8")

    error = untouched(warehouse, lambda: warehouse.load(folder, progress=meddle), Exception)
    assert "customers.csv changed" in str(error)


def test_a_table_of_another_kind_is_not_written_over(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.engine.query("select 1 as id").save("customers")
    folder = write_folder(tmp_path / "in", customers=CUSTOMERS)
    untouched(warehouse, lambda: warehouse.load(folder), WrongTableError)


def test_a_load_leaves_no_file_behind(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = tmp_path / "temporary"
    room.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(room))
    folder = write_folder(tmp_path / "in", customers=CUSTOMERS, interactions=INTERACTIONS)
    warehouse.load(folder)
    write_folder(folder, customers=CUSTOMERS + "c3,Bo,1990\n", interactions=INTERACTIONS)
    monkeypatch.setattr("peakend.warehouse.load.write", lambda stage: 1 / 0)
    untouched(warehouse, lambda: warehouse.load(folder), ZeroDivisionError)
    assert not list(room.iterdir())


def test_ctrl_c_leaves_the_warehouse_as_it_was(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.load(write_folder(tmp_path / "in", customers=CUSTOMERS))

    def interrupt(step: LoadStep) -> None:
        if step.done == 2:
            raise KeyboardInterrupt

    folder = write_folder(tmp_path / "more", customers=CUSTOMERS + "c3,Bo,1990\n", interactions=INTERACTIONS)
    before = snapshot(warehouse)
    with pytest.raises(KeyboardInterrupt):
        warehouse.load(folder, progress=interrupt)
    assert snapshot(warehouse) == before
    assert warehouse.load(folder)["customers"].kept == 1


def test_a_load_goes_into_every_engine(engine: Engine, tmp_path: Path) -> None:
    warehouse = Warehouse(engine)
    customers = CUSTOMERS + "c1,Anna,1970\nc3,Bo,abc\n"
    folder = write_folder(tmp_path / "in", customers=customers, interactions=INTERACTIONS)
    report = warehouse.load(folder)
    assert (report["customers"].kept, report["customers"].refused) == (2, 2)
    before = {table: sorted(map(str, rows(warehouse, table))) for table in warehouse.tables()}
    assert set(BOOKKEEPING) <= set(before)
    assert warehouse.load(folder).nothing_new
    assert {table: sorted(map(str, rows(warehouse, table))) for table in warehouse.tables()} == before
    more = write_folder(folder, customers=CUSTOMERS.replace("Ann", "Anna"), interactions=INTERACTIONS)
    assert warehouse.load(more)["customers"].updated == 1
    assert len(rows(warehouse, "row_history")) == 1


def test_an_error_of_the_database_names_the_file(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in", customers=CUSTOMERS)
    url = f"duckdb:///{tmp_path / 'w.duckdb'}"
    with Warehouse(connect(url)) as warehouse:
        warehouse.load(folder)
    write_folder(folder, customers=CUSTOMERS + "c3,Bo,1990\n")
    with Warehouse(connect(url, read_only=True)) as fixed, pytest.raises(LoadError, match=r"customers\.csv"):
        fixed.load(folder)
