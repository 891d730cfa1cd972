from __future__ import annotations

import gc
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from peakend.engine import Engine, EngineError, PortabilityError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AWKWARD = '"; drop table, x; --'
SCHEMA = pa.schema(
    [
        pa.field("word", pa.string()),
        pa.field("money", pa.decimal128(18, 4)),
        pa.field("at", pa.timestamp("us")),
        pa.field("on_day", pa.date32()),
        pa.field("yes", pa.bool_()),
        pa.field("number", pa.float64()),
        pa.field("whole", pa.int64()),
        pa.field("名称 🏔️", pa.string()),
        pa.field(AWKWARD, pa.int64()),
    ]
)
ROWS = pa.table(
    {
        "word": ["峰终 👍🏽", 'it\'s "so" \\ 100%\n\t', "", None],
        "money": [Decimal("12345678901234.5678"), Decimal("-0.0001"), Decimal(0), None],
        "at": [
            datetime(2026, 3, 29, 1, 59, 59, 999_999),
            datetime(1969, 12, 31, 23, 59, 59, 1),
            datetime(2026, 10, 25, 2, 30),
            None,
        ],
        "on_day": [date(2024, 2, 29), date(1900, 1, 1), date(2100, 12, 31), None],
        "yes": [True, False, True, None],
        "number": [0.1 + 0.2, -1.5e300, 0.0, None],
        "whole": [2**62, -(2**62), 0, None],
        "名称 🏔️": ["a", "b", "c", None],
        AWKWARD: [1, 2, 3, None],
    },
    schema=SCHEMA,
)


def in_order(table: pa.Table) -> pa.Table:
    return table.sort_by([("whole", "ascending")])


def test_every_type_survives_a_round_trip(engine: Engine) -> None:
    relation = engine.from_arrow(ROWS)
    assert in_order(relation.to_arrow(SCHEMA)) == in_order(ROWS)
    stored = relation.save("kept")
    assert engine.tables() == ["kept"]
    assert engine.schema("kept") == SCHEMA
    assert in_order(stored.to_arrow(SCHEMA)) == in_order(ROWS)
    assert in_order(stored.to_arrow()).schema.names == SCHEMA.names


def test_an_empty_result_keeps_its_types(engine: Engine) -> None:
    relation = engine.from_arrow(ROWS).query("select * from t where whole = 7")
    assert relation.to_arrow(SCHEMA) == SCHEMA.empty_table()
    assert engine.schema(relation.save("none").tree.name) == SCHEMA


def test_values_are_bound_whatever_they_contain(engine: Engine) -> None:
    for column in ("word", "money", "at", "on_day", "yes", "number", "whole"):
        for value in ROWS.column(column).to_pylist()[:3]:
            found = engine.from_arrow(ROWS).query(
                f"select count(*) as n from t where {column} = $value",  # noqa: S608 (names of this test)
                {"value": value},
            )
            expected = ROWS.column(column).to_pylist().count(value)
            assert found.to_arrow().to_pydict() == {"n": [expected]}, (column, value)


def test_a_value_that_is_absent_is_null(engine: Engine) -> None:
    found = engine.from_arrow(ROWS).query(
        "select count(*) as n from t where $low is null or whole >= $low", {"low": None}
    )
    assert found.to_arrow().to_pydict() == {"n": [4]}


def test_bound_values_are_stored_with_the_rest(engine: Engine) -> None:
    chosen = engine.from_arrow(ROWS).query(
        "select t.whole, $label as label, cast($share as double) as share from t where t.money > $least",
        {"label": "客户's", "share": 0.25, "least": Decimal("0.5")},
    )
    assert chosen.save("chosen").to_arrow().to_pylist() == [
        {"whole": 2**62, "label": "客户's", "share": 0.25}
    ]


def test_relations_compose_without_names_in_the_way(engine: Engine) -> None:
    first = engine.from_arrow(pa.table({"k": ["a", "a", "b"], "v": [1, 2, 3]}))
    sums = first.query("with s as (select k, sum(v) as v from t group by k) select k, v from s")
    again = sums.query("with s as (select k, v + $more as v from t) select k, v from s", {"more": 10})
    both = engine.query(
        "select a.k, cast(a.v as bigint) as v, cast(b.v as bigint) as w "
        "from a join b on a.k = b.k order by a.k",
        a=sums,
        b=again,
    )
    assert both.to_arrow().to_pydict() == {"k": ["a", "b"], "v": [3, 3], "w": [13, 13]}


def test_a_table_is_replaced_by_what_reads_it(engine: Engine) -> None:
    stored = engine.from_arrow(pa.table({"a": [1, 2]})).save("x")
    stored.query("select a + 1 as a from t").save("x", replace=True)
    assert sorted(engine.table("x").to_arrow().column("a").to_pylist()) == [2, 3]
    assert engine.tables() == ["x"]


def test_a_table_is_not_overwritten_unasked(engine: Engine) -> None:
    relation = engine.from_arrow(pa.table({"a": [1]}))
    relation.save("x")
    with pytest.raises(EngineError):
        relation.save("x")
    with pytest.raises(EngineError):
        engine.create("x", SCHEMA)
    assert engine.table("x").to_arrow().num_rows == 1


def test_a_replacement_that_fails_leaves_the_table(engine: Engine) -> None:
    stored = engine.from_arrow(pa.table({"a": ["1", "x"]})).save("x")
    with pytest.raises(EngineError):
        stored.query("select cast(a as integer) as a from t").save("x", replace=True)
    assert engine.tables() == ["x"]
    assert sorted(engine.table("x").to_arrow().column("a").to_pylist()) == ["1", "x"]


def test_rows_are_appended_by_column_name(engine: Engine) -> None:
    engine.create("x", SCHEMA)
    assert engine.table("x").to_arrow(SCHEMA).num_rows == 0
    assert engine.insert("x", ROWS.select(["whole", "word"])) == 4
    assert engine.insert("x", ROWS.to_reader(1)) == 4
    stored = engine.table("x").to_arrow(SCHEMA)
    assert stored.num_rows == 8
    assert stored.column("word").to_pylist().count("峰终 👍🏽") == 2
    assert stored.column("money").null_count == 5
    assert engine.schema("x") == SCHEMA


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        pytest.param(pa.table({"nowhere": [1]}), "nowhere", id="unknown column"),
        pytest.param(pa.table({"whole": [1.5]}), "whole", id="fraction into integer"),
        pytest.param(pa.table({"money": [Decimal("0.00001")]}), "money", id="too many places"),
        pytest.param(pa.table({"on_day": ["yesterday"]}), "on_day", id="not a date"),
    ],
)
def test_rows_that_do_not_fit_are_refused_and_none_is_written(
    engine: Engine, data: pa.Table, complaint: str
) -> None:
    engine.create("x", SCHEMA)
    with pytest.raises(EngineError, match=complaint):
        engine.insert("x", data)
    assert engine.table("x").to_arrow().num_rows == 0


def test_what_a_reader_raises_comes_out(engine: Engine) -> None:
    schema = pa.schema([pa.field("whole", pa.int64())])
    engine.create("x", schema)

    def batches() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch([pa.array([1])], schema=schema)
        raise FileNotFoundError("the file went away")

    with pytest.raises(FileNotFoundError, match="went away"):
        engine.insert("x", pa.RecordBatchReader.from_batches(schema, batches()))
    assert engine.table("x").to_arrow().num_rows == 0


def test_a_table_that_is_not_there(engine: Engine) -> None:
    assert not engine.has_table("x")
    engine.drop("x")
    with pytest.raises(KeyError):
        engine.schema("x")
    with pytest.raises(EngineError):
        engine.insert("x", ROWS)
    with pytest.raises(EngineError) as caught:
        engine.query("select count(*) as n from t", analysis="scores", t=engine.table("x")).to_arrow()
    assert caught.value.data["analysis"] == "scores"
    assert caught.value.data["engine"] == engine.name


def test_a_missing_column_is_named_with_analysis_and_engine(engine: Engine) -> None:
    relation = engine.query("select word from t", analysis="scores", t=engine.from_arrow(ROWS))
    with pytest.raises(EngineError) as caught:
        relation.to_arrow(pa.schema([pa.field("word", pa.string()), pa.field("value", pa.float64())]))
    message = str(caught.value)
    assert "'value'" in message
    assert "scores" in message
    assert engine.name in message


def test_results_come_in_the_declared_types(engine: Engine) -> None:
    data = engine.from_arrow(pa.table({"m": [Decimal("1.2500"), Decimal("2.5000")], "i": [1, 2]}))
    result = data.query(
        "select sum(m) as money, sum(i) as whole, avg(m) as mean, count(*) as n, min(i) as share from t"
    )
    declared = pa.schema(
        [
            pa.field("money", pa.decimal128(18, 4)),
            pa.field("whole", pa.int64()),
            pa.field("mean", pa.float64()),
            pa.field("n", pa.float64()),
            pa.field("share", pa.decimal128(18, 4)),
        ]
    )
    assert result.to_arrow(declared).to_pylist() == [
        {"money": Decimal("3.7500"), "whole": 3, "mean": 1.875, "n": 2.0, "share": Decimal("1.0000")}
    ]


def test_a_result_that_does_not_fit_is_refused(engine: Engine) -> None:
    mean = engine.from_arrow(pa.table({"i": [1, 2]})).query("select avg(i) as mean from t")
    with pytest.raises(EngineError, match="mean"):
        mean.to_arrow(pa.schema([pa.field("mean", pa.int64())]))


def test_files_have_the_same_types_everywhere(engine: Engine, tmp_path: Path) -> None:
    text = 'id,at,amount,name\n1,2026-03-29 01:30:00,1.50,"a ""quoted"", 峰终"\n2,,,\n'
    (tmp_path / "a.csv").write_text(text, "utf-8")
    pq.write_table(ROWS, tmp_path / "a.parquet")
    rows = (
        engine.read_csv(tmp_path / "a.csv").query("select id, at, amount, name from t order by id").to_arrow()
    )
    assert rows.to_pylist() == [
        {"id": 1, "at": datetime(2026, 3, 29, 1, 30), "amount": 1.5, "name": 'a "quoted", 峰终'},
        {"id": 2, "at": None, "amount": None, "name": None},
    ]
    assert in_order(engine.read_parquet(tmp_path / "*.parquet").to_arrow(SCHEMA)) == in_order(ROWS)
    with pytest.raises(EngineError):
        engine.read_parquet(tmp_path / "none.parquet").to_arrow()


def test_text_sorts_by_code_point(engine: Engine) -> None:
    words = ["b", "B", "a", "é", "z", "Ä", "中", "文", "啊", "🏔", "_", "-", "A b", "Ab", "a-b", ""]
    data = engine.from_arrow(pa.table({"word": words}))
    assert data.query("select word from t order by word").to_arrow().column("word").to_pylist() == sorted(
        words
    )
    derived = data.save("w").query(
        "select lower(t.word) || 'x' as word, case when t.word < 'a' then 'Z' else 'a' end as side, "
        "min(t.word) over () as least, max(t.word) over () as most from t order by 2, 1"
    )
    expected = sorted((("Z" if word < "a" else "a"), word.lower() + "x") for word in words)
    table = derived.to_arrow()
    assert list(zip(table["side"].to_pylist(), table["word"].to_pylist(), strict=True)) == expected
    assert set(table["least"].to_pylist()) == {min(words)}
    assert set(table["most"].to_pylist()) == {max(words)}


def test_data_handed_over_are_neither_tables_nor_kept(engine: Engine) -> None:
    for _ in range(3):
        engine.from_arrow(pa.table({"a": [1]})).to_arrow()
        engine.from_arrow(pa.table({"a": [1]}).to_reader()).to_arrow()
    gc.collect()
    assert engine.tables() == []
    assert len(engine._lender.returned()) == 0


def test_batches_are_the_result(engine: Engine) -> None:
    schema = pa.schema([pa.field("whole", pa.float64())])
    batches = engine.from_arrow(ROWS).query("select whole from t").batches(schema)
    assert pa.Table.from_batches(batches, schema).num_rows == 4


def test_sql_is_readable_and_in_the_engines_own_words(engine: Engine) -> None:
    relation = engine.from_arrow(ROWS).query(
        "with s as (select word, count(*) as n from t where whole > $least group by word) "
        "select word, n from s where n > 1 order by word",
        {"least": 1},
    )
    text = relation.sql()
    assert text.startswith("WITH")
    assert text.count("\n") > 5
    assert "least" in text


def test_a_native_file_stands_in_unless_told_otherwise(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {"demo/x": "select 1 as a", f"demo/x.{engine.dialect}": "select 2 as a"}
    monkeypatch.setattr("peakend.engine.interface.sql_text", texts.get)
    assert engine.query("demo/x").to_arrow().to_pydict() == {"a": [2]}
    engine.native_files = False
    assert engine.query("demo/x").to_arrow().to_pydict() == {"a": [1]}


def test_what_was_not_given_is_named(engine: Engine) -> None:
    with pytest.raises(KeyError, match="other"):
        engine.query("select a from other")
    with pytest.raises(KeyError, match="value"):
        engine.query("select $value as a")
    with pytest.raises(PortabilityError):
        engine.query("select 1 as a; select 2 as a")
    with pytest.raises(KeyError):
        engine.query("no/such_file")
