from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from peakend.analyses import RunInterruptedError, latest_records, run
from peakend.analyses.errors import ResultError, UnknownAnalysisError
from peakend.declaration import Analysis, Inputs, ResultColumn, Results, ResultTable, Settings
from peakend.engine import Engine, connect
from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from pathlib import Path

    from peakend.analyses.outcomes import Event, RunReport

Declare = Callable[..., Analysis]


def statuses(report: RunReport) -> dict[str, str]:
    return {outcome.analysis.name: outcome.status for outcome in report.outcomes}


def one_column(name: str, column: str = "n") -> tuple[ResultTable, ...]:
    return (ResultTable(name, (ResultColumn(column, "integer", Text("n", "n")),), (), Text(name, name)),)


def set_customers(engine: Engine, *names: str) -> None:
    engine.store(engine.from_arrow(pa.table({"customer_id": list(names)})), "customers", replace=True)


def fail(_: Inputs) -> Results:
    raise PeakendError(Text("the sky fell", "天塌了"))


def test_results_and_the_record_of_the_run_are_saved(engine: Engine, declare: Declare) -> None:
    report = run(engine, catalogue=[declare("a")])
    assert engine.table("a_result").to_arrow().to_pydict() == {"answers": [3]}
    (row,) = engine.table("analysis_runs").to_arrow().to_pylist()
    assert (row["analysis"], row["status"], row["run_id"]) == ("a", "done", report.run_id)
    assert row["fingerprint"] == report.outcomes[0].fingerprint
    assert json.loads(row["inputs"])["customers"]["rows"] == 3
    assert json.loads(row["result_rows"]) == {"a_result": 1}
    assert json.loads(row["settings"])["minimum_base"] == 10
    assert row["ended_at"] >= row["started_at"]
    assert row["seconds"] > 0
    assert row["error"] is None


def test_what_has_not_changed_is_left_alone(engine: Engine, declare: Declare) -> None:
    calls: list[str] = []

    def compute(inputs: Inputs) -> Results:
        calls.append("a")
        return {"a_result": pa.table({"n": [len(calls)]})}

    a = declare("a", compute=compute, gives=one_column("a_result"))
    assert statuses(run(engine, catalogue=[a])) == {"a": "done"}
    again = run(engine, catalogue=[a])
    assert statuses(again) == {"a": "unchanged"}
    assert again.outcomes[0].rows == {"a_result": 1}
    assert statuses(run(engine, catalogue=[a], force=True)) == {"a": "done"}
    assert statuses(run(engine, catalogue=[a], settings=Settings(minimum_base=3))) == {"a": "done"}
    assert statuses(run(engine, catalogue=[replace(a, version=2)], settings=Settings(minimum_base=3))) == {
        "a": "done"
    }
    set_customers(engine, "a")
    assert statuses(run(engine, catalogue=[a])) == {"a": "done"}
    engine.drop("a_result")
    assert statuses(run(engine, catalogue=[a])) == {"a": "done"}
    assert len(calls) == 6


def test_a_changed_input_recomputes_what_depends_on_it_and_nothing_else(
    engine: Engine, declare: Declare
) -> None:
    engine.store(engine.from_arrow(pa.table({"product_id": ["p"]})), "products")
    analyses = [declare("a"), declare("b", needs=("a_result",)), declare("c", needs=("products",))]
    run(engine, catalogue=analyses)
    set_customers(engine, "x", "y")
    assert statuses(run(engine, catalogue=analyses)) == {"a": "done", "b": "done", "c": "unchanged"}


def test_a_failure_is_recorded_and_stops_only_what_depends_on_it(engine: Engine, declare: Declare) -> None:
    analyses = [
        declare("bad", compute=fail),
        declare("after", needs=("bad_result",)),
        declare("later", needs=("after_result",)),
        declare("good"),
    ]
    report = run(engine, catalogue=analyses)
    assert statuses(report) == {"bad": "failed", "after": "not_run", "later": "not_run", "good": "done"}
    bad, after, later, _ = report.outcomes
    assert bad.reason is not None
    assert bad.reason.zh == "天塌了"
    assert after.reason == Text("bad failed", "bad 失败")
    assert later.reason == after.reason
    records = latest_records(engine)
    assert records["bad"].error == "the sky fell"
    assert records["later"].status == "not_run"
    assert records["good"].status == "done"


def test_any_exception_of_an_analysis_is_caught_with_its_name(engine: Engine, declare: Declare) -> None:
    def divide(_: Inputs) -> Results:
        return {"bad_result": pa.table({"n": [1 // 0]})}

    report = run(engine, catalogue=[declare("bad", compute=divide), declare("good")])
    assert statuses(report) == {"bad": "failed", "good": "done"}
    assert isinstance(report.failed[0].error, ZeroDivisionError)
    assert "ZeroDivisionError" in (latest_records(engine)["bad"].error or "")


def test_a_failed_analysis_is_tried_again_and_its_older_result_stays(
    engine: Engine, declare: Declare
) -> None:
    good = declare("a")
    run(engine, catalogue=[good])
    set_customers(engine, "x")
    bad = replace(good, compute=fail)
    assert statuses(run(engine, catalogue=[bad])) == {"a": "failed"}
    assert statuses(run(engine, catalogue=[bad])) == {"a": "failed"}
    assert engine.table("a_result").to_arrow().to_pydict() == {"answers": [3]}
    assert statuses(run(engine, catalogue=[good])) == {"a": "done"}


def test_a_result_unlike_its_declaration_fails_and_saves_nothing(engine: Engine, declare: Declare) -> None:
    def compute(_: Inputs) -> Results:
        return {"one": pa.table({"n": [1]}), "two": pa.table({"m": [1]})}

    a = declare("a", compute=compute, gives=(*one_column("one"), *one_column("two")))
    report = run(engine, catalogue=[a])
    assert isinstance(report.failed[0].error, ResultError)
    assert not {"one", "two"} & set(engine.tables())


def test_a_missing_or_empty_need_skips_with_a_word_about_what_to_do(engine: Engine, declare: Declare) -> None:
    engine.store(engine.from_arrow(pa.table({"answer_id": pa.nulls(0, pa.string())})), "answers")
    analyses = [
        declare("a", needs=("answers", "customers", "questions", "surveys")),
        declare("b", needs=("products",)),
        declare("c", needs=("b_result",)),
    ]
    report = run(engine, catalogue=analyses)
    assert set(statuses(report).values()) == {"skipped"}
    a, b, c = (outcome.reason for outcome in report.outcomes)
    assert a is not None
    assert "no answers, questions or surveys yet" in a.en
    assert "尚无答案、题目或调查，" in a.zh
    assert b is not None
    assert "no products yet" in b.en
    assert c is not None
    assert "b, which was skipped" in c.en


def test_a_star_needs_every_canonical_table_that_is_there(engine: Engine, declare: Declare) -> None:
    seen: list[set[str]] = []

    def compute(inputs: Inputs) -> Results:
        seen.append(set(inputs.relations))
        return {"a_result": pa.table({"n": [1]})}

    a = declare("a", needs=("*",), compute=compute, gives=one_column("a_result"))
    engine.store(engine.from_arrow(pa.table({"product_id": ["p"]})), "products")
    engine.store(engine.from_arrow(pa.table({"x": [1]})), "a_table_of_their_own")
    assert statuses(run(engine, catalogue=[a])) == {"a": "done"}
    assert seen == [{"customers", "products"}]
    engine.store(engine.from_arrow(pa.table({"site_id": ["s"]})), "sites")
    assert statuses(run(engine, catalogue=[a])) == {"a": "done"}


def test_a_star_on_an_empty_warehouse_says_to_load_first(declare: Declare) -> None:
    with connect("duckdb://") as empty:
        report = run(empty, catalogue=[declare("a", needs=("*",))])
    assert report.outcomes[0].status == "skipped"
    assert report.outcomes[0].reason is not None
    assert "warehouse is empty" in report.outcomes[0].reason.en


def test_a_table_that_is_only_used_is_empty_where_it_is_missing(engine: Engine, declare: Declare) -> None:
    def compute(inputs: Inputs) -> Results:
        sql = "select count(*) as n from products as p cross join b_result as b"
        return {"a_result": inputs.query(sql)}

    a = declare("a", compute=compute, uses=("products", "b_result"), gives=one_column("a_result"))
    b = declare("b", needs=("sites",))
    assert statuses(run(engine, catalogue=[a, b])) == {"b": "skipped", "a": "done"}
    assert engine.table("a_result").to_arrow().to_pydict() == {"n": [0]}


def test_only_runs_the_named_analysis_and_what_it_needs(engine: Engine, declare: Declare) -> None:
    analyses = [declare("a"), declare("b", needs=("a_result",)), declare("c")]
    assert statuses(run(engine, only=["b"], catalogue=analyses)) == {"a": "done", "b": "done"}
    assert statuses(run(engine, only=["b_result"], catalogue=analyses, force=True)) == {
        "a": "unchanged",
        "b": "done",
    }
    with pytest.raises(UnknownAnalysisError):
        run(engine, only=["d"], catalogue=analyses)


def test_progress_is_told_before_and_after_each_analysis(engine: Engine, declare: Declare) -> None:
    events: list[Event] = []
    run(engine, catalogue=[declare("a"), declare("b")], progress=events.append)
    assert [(e.analysis.name, e.position, e.total) for e in events] == [
        ("a", 1, 2), ("a", 1, 2), ("b", 2, 2), ("b", 2, 2)
    ]  # fmt: skip
    assert [e.outcome is None for e in events] == [True, False, True, False]


def test_results_of_analyses_no_longer_declared_are_left_alone(engine: Engine, declare: Declare) -> None:
    run(engine, catalogue=[declare("old")])
    run(engine, catalogue=[declare("new")])
    assert {"old_result", "new_result"} <= set(engine.tables())


def test_an_interrupted_run_keeps_what_finished_and_goes_on_from_there(
    engine: Engine, declare: Declare
) -> None:
    def press_ctrl_c(_: Inputs) -> Results:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)
        return {}

    b = declare("b")
    with pytest.raises(RunInterruptedError) as caught:
        run(engine, catalogue=[declare("a"), replace(b, compute=press_ctrl_c), declare("c")])
    assert statuses(caught.value.report) == {"a": "done", "b": "interrupted"}
    assert latest_records(engine)["b"].status == "interrupted"
    assert statuses(run(engine, catalogue=[declare("a"), b, declare("c")])) == {
        "a": "unchanged", "b": "done", "c": "done"
    }  # fmt: skip


def test_an_analysis_that_swallows_ctrl_c_does_not_keep_the_run_going(
    engine: Engine, declare: Declare
) -> None:
    def swallow(inputs: Inputs) -> Results:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        except KeyboardInterrupt:
            pass
        return {"a_result": pa.table({"n": [1]})}

    a = declare("a", compute=swallow, gives=one_column("a_result"))
    with pytest.raises(RunInterruptedError) as caught:
        run(engine, catalogue=[a, declare("b")])
    assert statuses(caught.value.report) == {"a": "done"}


def test_the_handler_of_ctrl_c_is_put_back(engine: Engine, declare: Declare) -> None:
    before = signal.getsignal(signal.SIGINT)
    run(engine, catalogue=[declare("a")])
    assert signal.getsignal(signal.SIGINT) is before


SLOW_RUN = """
import sys
from peakend.analyses import RunInterruptedError, run
from peakend.declaration import Analysis, ResultColumn, ResultTable
from peakend.engine import connect
from peakend.language import Text

t = Text("t", "t")
SLOW = "select sum(a.n * b.n * c.n) as n from numbers a cross join numbers b cross join numbers c"


def analysis(name, sql):
    table = ResultTable(f"{name}_result", (ResultColumn("n", "integer", t),), (), t)
    return Analysis(name, 1, "data", t, t, ("customers",), (table,),
                    lambda i: {table.name: i.query(sql, numbers=i.engine.from_arrow(NUMBERS))})


import pyarrow as pa
NUMBERS = pa.table({"n": list(range(4000))})
engine = connect(sys.argv[1])
quick, slow = analysis("quick", "select count(*) as n from customers"), analysis("slow", SLOW)


def progress(event):
    if event.analysis.name == "slow" and event.outcome is None:
        print("slow has begun", flush=True)


try:
    run(engine, catalogue=[quick, slow], progress=progress)
except RunInterruptedError as stopped:
    print(*[f"{o.analysis.name}={o.status}" for o in stopped.report.outcomes], flush=True)
    sys.exit(130)
"""


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_stopped_inside_a_query_leaves_finished_results_and_a_sound_warehouse(
    tmp_path: Path, declare: Declare, signal_number: signal.Signals
) -> None:
    url = f"duckdb:///{tmp_path / 'w.duckdb'}"
    with connect(url) as engine:
        set_customers(engine, "a", "b")
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SLOW_RUN), url], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "slow has begun\n"
    time.sleep(0.3)
    process.send_signal(signal_number)
    rest, _ = process.communicate(timeout=30)
    if signal_number == signal.SIGINT:
        assert process.returncode == 130
        assert rest == "quick=done slow=interrupted\n"
    with connect(url) as engine:
        assert engine.table("quick_result").to_arrow().to_pydict() == {"n": [2]}
        assert latest_records(engine)["quick"].status == "done"
        assert "slow_result" not in engine.tables()


def test_without_transactions_a_save_that_was_cut_short_is_done_again(
    engine: Engine, declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(engine), "transactional", False)
    a = declare("a", gives=(*one_column("one", "answers"), *one_column("two", "answers")))
    assert statuses(run(engine, catalogue=[a])) == {"a": "done"}
    set_customers(engine, "x")
    whole = engine.store
    stored: list[str] = []

    def cut_short(relation: object, name: str, *, replace: bool = False) -> None:
        stored.append(name)
        if name == "two":
            raise KeyboardInterrupt
        whole(relation, name, replace=replace)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(engine, "store", cut_short)
        with pytest.raises(RunInterruptedError):
            run(engine, catalogue=[a])
    assert stored == ["one", "two"]
    set_customers(engine, "a", "b", "c")
    assert statuses(run(engine, catalogue=[a])) == {"a": "done"}
    assert engine.table("one").to_arrow().to_pydict() == {"answers": [3]}
